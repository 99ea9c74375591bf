package dev.herald.gateway.api;

import build.buf.protovalidate.ValidationResult;
import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.Violation;
import build.buf.protovalidate.exceptions.ValidationException;
import build.buf.validate.FieldPathElement;
import com.google.protobuf.Message;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import java.util.List;
import java.util.stream.Collectors;

/** Holds requests that the gateway answers itself against the rules of their contract. */
final class Validation {
  private final Validator validator = ValidatorFactory.newBuilder().build();

  void require(Message request) {
    try {
      ValidationResult result = validator.validate(request);
      if (!result.isSuccess()) {
        List<FieldViolation> fields =
            result.getViolations().stream().map(Validation::field).toList();
        FieldViolation first = fields.getFirst();
        throw HeraldException.invalid(
            "REQUEST_INVALID", first.field() + ": " + first.message(), fields);
      }
    } catch (ValidationException e) {
      throw HeraldException.internal("A rule of the contract cannot be evaluated", e);
    }
  }

  private static FieldViolation field(Violation violation) {
    build.buf.validate.Violation proto = violation.toProto();
    String path =
        proto.getField().getElementsList().stream()
            .map(FieldPathElement::getFieldName)
            .collect(Collectors.joining("."));
    return new FieldViolation(path, proto.getRuleId(), proto.getMessage());
  }
}
