package dev.herald.runtime.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Gives a unary call a deadline if its caller set none, so that no work goes on for nobody. */
final class DeadlineInterceptor implements ServerInterceptor {
  private final Duration deadline;
  private final ScheduledExecutorService timer;

  DeadlineInterceptor(Duration deadline, ScheduledExecutorService timer) {
    this.deadline = deadline;
    this.timer = timer;
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    Context current = Context.current();
    if (call.getMethodDescriptor().getType() != MethodType.UNARY || current.getDeadline() != null) {
      return next.startCall(call, headers);
    }
    Context.CancellableContext limited =
        current.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS, timer);
    // Cancelled at the end of the call, or its timer would stay until the deadline.
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(limited, call, headers, next)) {
      @Override
      public void onCancel() {
        super.onCancel();
        limited.cancel(null);
      }

      @Override
      public void onComplete() {
        super.onComplete();
        limited.cancel(null);
      }
    };
  }
}
