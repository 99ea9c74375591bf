package dev.herald.runtime.grpc;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.Violation;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;
import com.google.protobuf.Message;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses requests that break the rules written in their contract, naming each field. */
final class ValidationInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(ValidationInterceptor.class);

  private final Validator validator;

  ValidationInterceptor(Validator validator) {
    this.validator = validator;
  }

  /**
   * Compiles the rules of these methods in the background. Otherwise the first caller of each would
   * wait for it.
   */
  void prepare(Collection<? extends MethodDescriptor<?, ?>> methods) {
    Thread.ofVirtual().name("grpc-validation").start(() -> methods.forEach(this::prepare));
  }

  private void prepare(MethodDescriptor<?, ?> method) {
    if (method.getRequestMarshaller() instanceof PrototypeMarshaller<?> marshaller
        && marshaller.getMessagePrototype() instanceof Message prototype) {
      try {
        validator.validate(prototype);
      } catch (ValidationException e) {
        log.error("A rule cannot be evaluated method={}", method.getFullMethodName(), e);
      }
    }
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    ServerCall.Listener<ReqT> listener = next.startCall(call, headers);
    if (MethodRules.of(call.getMethodDescriptor()).hot()) {
      return listener;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(ReqT message) {
        if (message instanceof Message proto) {
          check(proto);
        }
        super.onMessage(message);
      }
    };
  }

  private void check(Message message) {
    ValidationResult result;
    try {
      result = validator.validate(message);
    } catch (ValidationException e) {
      throw HeraldException.internal("A validation rule of the contract cannot be evaluated", e);
    }
    if (!result.isSuccess()) {
      throw refusal(result.getViolations());
    }
  }

  private static HeraldException refusal(List<Violation> violations) {
    List<FieldViolation> fields = violations.stream().map(ValidationInterceptor::field).toList();
    FieldViolation first = fields.getFirst();
    String more = fields.size() == 1 ? "" : " (and %d more)".formatted(fields.size() - 1);
    String where = first.field().isEmpty() ? "" : first.field() + ": ";
    return HeraldException.invalid("REQUEST_INVALID", where + first.message() + more, fields);
  }

  private static FieldViolation field(Violation violation) {
    build.buf.validate.Violation proto = violation.toProto();
    return new FieldViolation(path(proto.getField()), proto.getRuleId(), proto.getMessage());
  }

  // audience.rows[3].attributes["city"]
  private static String path(FieldPath fieldPath) {
    StringBuilder path = new StringBuilder();
    for (FieldPathElement element : fieldPath.getElementsList()) {
      if (!path.isEmpty()) {
        path.append('.');
      }
      path.append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> path.append('[').append(element.getIndex()).append(']');
        case BOOL_KEY -> path.append('[').append(element.getBoolKey()).append(']');
        case INT_KEY -> path.append('[').append(element.getIntKey()).append(']');
        case UINT_KEY ->
            path.append('[').append(Long.toUnsignedString(element.getUintKey())).append(']');
        case STRING_KEY -> path.append("[\"").append(element.getStringKey()).append("\"]");
        case SUBSCRIPT_NOT_SET -> {}
      }
    }
    return path.toString();
  }
}
