package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.Ids;
import dev.herald.runtime.database.DatabaseErrors;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what a caller hears of a failure. Only what is meant for callers passes; everything else
 * is logged once under an id, and the caller gets the id.
 */
final class FailureTranslator {
  private static final Logger log = LoggerFactory.getLogger(FailureTranslator.class);

  private FailureTranslator() {}

  /** The error to answer with; logs it if nobody but us can do anything about it. */
  static HeraldException forCaller(Throwable failure, String method) {
    HeraldException error = classify(failure);
    if (error.kind() != Kind.INTERNAL) {
      return error;
    }
    String errorId = Long.toString(Ids.next(), Character.MAX_RADIX);
    log.error("Call failed method={} error_id={}", method, errorId, failure);
    return HeraldException.of(
            Kind.INTERNAL,
            "INTERNAL",
            "Something went wrong inside Herald. The log has it under " + errorId + ".")
        .with(Map.of("error_id", errorId));
  }

  private static HeraldException classify(Throwable failure) {
    if (Context.current().isCancelled()) {
      return cancelled();
    }
    return switch (failure) {
      case HeraldException error -> error;
      case StatusRuntimeException status -> fromDownstream(GrpcErrors.fromStatus(status));
      case StatusException status -> fromDownstream(GrpcErrors.fromStatus(status));
      default ->
          DatabaseErrors.translate(failure)
              .orElseGet(() -> HeraldException.internal("Unexpected failure", failure));
    };
  }

  private static HeraldException cancelled() {
    if (Context.current().cancellationCause() instanceof HeraldException stopping) {
      return stopping;
    }
    Deadline deadline = Context.current().getDeadline();
    if (deadline != null && deadline.isExpired()) {
      return HeraldException.of(
          Kind.DEADLINE, "DEADLINE_EXCEEDED", "The call took longer than its deadline allows.");
    }
    return HeraldException.of(Kind.CANCELLED, "CANCELLED", "The caller has cancelled the call.");
  }

  // What another service says of the request passes on. That we called it wrongly is our bug, and
  // that it did not answer in time says nothing about our own deadline.
  private static HeraldException fromDownstream(HeraldException error) {
    return switch (error.kind()) {
      case UNAUTHENTICATED, PERMISSION, UNIMPLEMENTED, INTERNAL ->
          HeraldException.internal("Another service refused our call", error);
      case DEADLINE, CANCELLED, UNAVAILABLE ->
          HeraldException.unavailable(
                  "SERVICE_UNAVAILABLE", "A part of Herald does not answer just now. Try again.")
              .causedBy(error);
      case INVALID, NOT_FOUND, ALREADY_EXISTS, PRECONDITION, EXHAUSTED, ABORTED -> error;
    };
  }
}
