package dev.herald.runtime.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one mapping between {@link HeraldException} and google.rpc.Status, both directions: kind ↔
 * code, reason and metadata ↔ ErrorInfo, violations ↔ BadRequest, retryAfter ↔ RetryInfo.
 */
public final class GrpcErrors {
  /** The domain of every reason Herald gives. */
  public static final String DOMAIN = "herald.dev";

  private static final int MAX_MESSAGE = 512;
  // Trailers travel as HTTP/2 headers, of which clients take 8 KiB by default.
  private static final int MAX_DETAIL_BYTES = 3 * 1024;

  private GrpcErrors() {}

  /** The error as the server sends it. */
  public static com.google.rpc.Status toProto(HeraldException error) {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(error.kind()).value())
            .setMessage(shortened(error.message()))
            .addDetails(Any.pack(errorInfo(error)));
    error.retryAfter().ifPresent(delay -> status.addDetails(Any.pack(retryInfo(delay))));
    if (!error.violations().isEmpty()) {
      status.addDetails(Any.pack(badRequest(error.violations())));
    }
    return status.build();
  }

  /** The error as an exception that carries status and details. */
  public static StatusRuntimeException toStatusException(HeraldException error) {
    return StatusProto.toStatusRuntimeException(toProto(error));
  }

  /**
   * A failed call as its caller sees it: reason, message, violations and metadata of the server.
   */
  public static HeraldException fromStatus(StatusRuntimeException failure) {
    return fromStatus(failure.getStatus(), StatusProto.fromThrowable(failure), failure);
  }

  public static HeraldException fromStatus(StatusException failure) {
    return fromStatus(failure.getStatus(), StatusProto.fromThrowable(failure), failure);
  }

  private static HeraldException fromStatus(
      Status status, com.google.rpc.@Nullable Status details, Throwable cause) {
    Kind kind = kind(status.getCode());
    String message = status.getDescription() == null ? "" : status.getDescription();
    if (details == null) {
      return HeraldException.of(kind, status.getCode().name(), message).causedBy(cause);
    }
    Optional<ErrorInfo> info =
        detail(details, ErrorInfo.class).filter(found -> found.getDomain().equals(DOMAIN));
    HeraldException error =
        HeraldException.of(
                kind, info.map(ErrorInfo::getReason).orElse(status.getCode().name()), message)
            .with(info.map(ErrorInfo::getMetadataMap).orElse(Map.of()))
            .withViolations(
                detail(details, BadRequest.class).map(GrpcErrors::violations).orElse(List.of()))
            .causedBy(cause);
    return detail(details, RetryInfo.class)
        .map(retry -> error.retryAfter(Duration.ofNanos(Durations.toNanos(retry.getRetryDelay()))))
        .orElse(error);
  }

  static Status.Code code(Kind kind) {
    return switch (kind) {
      case INVALID -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case PRECONDITION -> Status.Code.FAILED_PRECONDITION;
      case PERMISSION -> Status.Code.PERMISSION_DENIED;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      case ABORTED -> Status.Code.ABORTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case DEADLINE -> Status.Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.Code.CANCELLED;
      case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  static Kind kind(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Kind.INVALID;
      case NOT_FOUND -> Kind.NOT_FOUND;
      case ALREADY_EXISTS -> Kind.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Kind.PRECONDITION;
      case PERMISSION_DENIED -> Kind.PERMISSION;
      case UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
      case RESOURCE_EXHAUSTED -> Kind.EXHAUSTED;
      case ABORTED -> Kind.ABORTED;
      case UNAVAILABLE -> Kind.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Kind.DEADLINE;
      case CANCELLED -> Kind.CANCELLED;
      case UNIMPLEMENTED -> Kind.UNIMPLEMENTED;
      case OK, UNKNOWN, DATA_LOSS, INTERNAL -> Kind.INTERNAL;
    };
  }

  private static ErrorInfo errorInfo(HeraldException error) {
    return ErrorInfo.newBuilder()
        .setDomain(DOMAIN)
        .setReason(error.reason())
        .putAllMetadata(error.metadata())
        .build();
  }

  private static RetryInfo retryInfo(Duration delay) {
    return RetryInfo.newBuilder().setRetryDelay(Durations.fromNanos(delay.toNanos())).build();
  }

  // As many violations as fit; the first ones are enough to correct a request step by step.
  private static BadRequest badRequest(List<FieldViolation> violations) {
    BadRequest.Builder request = BadRequest.newBuilder();
    int bytes = 0;
    for (FieldViolation violation : violations) {
      var proto =
          BadRequest.FieldViolation.newBuilder()
              .setField(shortened(violation.field()))
              .setReason(violation.reason())
              .setDescription(shortened(violation.message()))
              .build();
      bytes += proto.getSerializedSize();
      if (bytes > MAX_DETAIL_BYTES && request.getFieldViolationsCount() > 0) {
        break;
      }
      request.addFieldViolations(proto);
    }
    return request.build();
  }

  private static List<FieldViolation> violations(BadRequest request) {
    return request.getFieldViolationsList().stream()
        .map(
            violation ->
                new FieldViolation(
                    violation.getField(), violation.getReason(), violation.getDescription()))
        .toList();
  }

  private static <T extends Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE - 1) + "…";
  }
}
