package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Answers every failure, thrown or passed to {@code onError}, with a status that has a reason and
 * tells nothing about our insides.
 */
final class ErrorInterceptor implements ServerInterceptor {

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    var guarded = new GuardedCall<>(call);
    try {
      return new GuardedListener<>(next.startCall(guarded, headers), guarded);
    } catch (RuntimeException | Error failure) {
      guarded.fail(failure);
      return new ServerCall.Listener<>() {};
    }
  }

  /** A call that is closed once, and never with a status of unknown contents. */
  private static final class GuardedCall<ReqT, RespT>
      extends SimpleForwardingServerCall<ReqT, RespT> {
    private final String method;
    private final AtomicBoolean closed = new AtomicBoolean();

    GuardedCall(ServerCall<ReqT, RespT> call) {
      super(call);
      this.method = call.getMethodDescriptor().getFullMethodName();
    }

    boolean isClosed() {
      return closed.get();
    }

    void fail(Throwable failure) {
      HeraldException error = FailureTranslator.forCaller(failure, method);
      if (closed.compareAndSet(false, true)) {
        StatusRuntimeException answer = GrpcErrors.toStatusException(error);
        Metadata trailers = answer.getTrailers();
        super.close(answer.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk()) {
        if (closed.compareAndSet(false, true)) {
          super.close(status, trailers);
        }
      } else if (!closed.get()) {
        Throwable cause = status.getCause();
        fail(cause == null ? status.asRuntimeException(trailers) : cause);
      }
    }
  }

  /** A listener that hears nothing more of a request once it is answered, but hears its end. */
  private static final class GuardedListener<ReqT>
      extends SimpleForwardingServerCallListener<ReqT> {
    private final GuardedCall<ReqT, ?> call;

    GuardedListener(ServerCall.Listener<ReqT> listener, GuardedCall<ReqT, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(ReqT message) {
      guarded(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guarded(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guarded(super::onReady);
    }

    private void guarded(Runnable step) {
      if (call.isClosed()) {
        return;
      }
      try {
        step.run();
      } catch (RuntimeException | Error failure) {
        call.fail(failure);
      }
    }
  }
}
