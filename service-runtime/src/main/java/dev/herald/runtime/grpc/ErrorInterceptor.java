package dev.herald.runtime.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

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
    } catch (Throwable failure) {
      guarded.fail(failure);
      return new ServerCall.Listener<>() {};
    }
  }

  /**
   * A call that is closed once, and never with a status of unknown contents. Its lock lets another
   * thread end a stream while the handler is sending.
   */
  private static final class GuardedCall<ReqT, RespT>
      extends SimpleForwardingServerCall<ReqT, RespT> {
    private final String method;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    GuardedCall(ServerCall<ReqT, RespT> call) {
      super(call);
      this.method = call.getMethodDescriptor().getFullMethodName();
    }

    boolean isClosed() {
      return locked(() -> closed);
    }

    void fail(Throwable failure) {
      StatusRuntimeException answer =
          GrpcErrors.toStatusException(FailureTranslator.forCaller(failure, method));
      Metadata trailers = answer.getTrailers();
      closeOnce(answer.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      locked(
          () -> {
            requireOpen();
            super.sendHeaders(headers);
            return true;
          });
    }

    @Override
    public void sendMessage(RespT message) {
      locked(
          () -> {
            requireOpen();
            super.sendMessage(message);
            return true;
          });
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk()) {
        closeOnce(status, trailers);
      } else if (!isClosed()) {
        Throwable cause = status.getCause();
        fail(cause == null ? status.asRuntimeException(trailers) : cause);
      }
    }

    private void closeOnce(Status status, Metadata trailers) {
      locked(
          () -> {
            if (!closed) {
              closed = true;
              super.close(status, trailers);
            }
            return true;
          });
    }

    private void requireOpen() {
      if (closed) {
        throw Status.CANCELLED.withDescription("The call has ended.").asRuntimeException();
      }
    }

    private <T> T locked(Supplier<T> step) {
      lock.lock();
      try {
        return step.get();
      } finally {
        lock.unlock();
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
      } catch (Throwable failure) {
        call.fail(failure);
      }
    }
  }
}
