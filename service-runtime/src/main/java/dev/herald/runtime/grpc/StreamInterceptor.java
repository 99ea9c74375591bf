package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows the open streams, so that a stopping server can end them: their callers hear UNAVAILABLE
 * and come back elsewhere, their handlers find the context cancelled.
 */
final class StreamInterceptor implements ServerInterceptor {
  private final Set<Stream> open = ConcurrentHashMap.newKeySet();

  private record Stream(ServerCall<?, ?> call, Context.CancellableContext context) {
    void end() {
      HeraldException stopping =
          HeraldException.unavailable("STOPPING", "This process is stopping. Connect again.");
      call.close(Status.UNAVAILABLE.withCause(stopping), new Metadata());
      context.cancel(stopping);
    }
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    Stream stream = new Stream(call, Context.current().withCancellation());
    open.add(stream);
    ServerCall.Listener<ReqT> listener;
    try {
      listener = Contexts.interceptCall(stream.context(), call, headers, next);
    } catch (Throwable failure) {
      forget(stream);
      throw failure;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        try {
          super.onCancel();
        } finally {
          forget(stream);
        }
      }

      @Override
      public void onComplete() {
        try {
          super.onComplete();
        } finally {
          forget(stream);
        }
      }
    };
  }

  void endAll() {
    open.forEach(Stream::end);
  }

  private void forget(Stream stream) {
    open.remove(stream);
    stream.context().cancel(null);
  }
}
