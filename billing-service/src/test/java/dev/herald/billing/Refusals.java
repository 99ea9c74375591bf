package dev.herald.billing;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a caller is told when a call is refused. */
final class Refusals {
  private Refusals() {}

  static HeraldException refusal(ThrowingCallable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
    if (failure == null) {
      throw new AssertionError("The call was not refused.");
    }
    return GrpcErrors.fromStatus(failure);
  }
}
