package dev.herald.runtime.grpc;

import dev.herald.runtime.access.Caller;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.trace.LogContext;
import dev.herald.runtime.trace.Spans;
import dev.herald.runtime.trace.Traceparent;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A span for each call on both its ends, of one trace; on the server all that is logged for the
 * call names the trace and the caller's workspace.
 */
final class TraceInterceptor implements ServerInterceptor, ClientInterceptor {
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of(Traceparent.NAME, Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    Span span =
        Spans.named(call.getMethodDescriptor().getFullMethodName(), SpanKind.SERVER)
            .setParent(Traceparent.context(headers.get(TRACEPARENT)))
            .startSpan();
    Caller caller = Caller.current();
    long workspace = caller.role() == Role.SERVICE ? 0 : caller.workspace();
    if (workspace != 0) {
      span.setAttribute("herald.workspace_id", workspace);
    }
    var observed =
        new SimpleForwardingServerCall<ReqT, RespT>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            end(span, status);
            super.close(status, trailers);
          }
        };
    Inside inside = new Inside(span, workspace);
    ServerCall.Listener<ReqT> listener = inside.start(() -> next.startCall(observed, headers));
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(ReqT message) {
        inside.run(() -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        inside.run(super::onHalfClose);
      }

      @Override
      public void onCancel() {
        inside.run(super::onCancel);
        end(span, Status.CANCELLED);
      }

      @Override
      public void onReady() {
        inside.run(super::onReady);
      }
    };
  }

  /** The span and the workspace around whatever is done for a call, on whichever thread. */
  private record Inside(Span span, long workspace) {
    private interface Start<T> {
      T call();
    }

    <T> T start(Start<T> start) {
      try (Scope _ = span.makeCurrent();
          LogContext _ = LogContext.ofTrace(span);
          LogContext _ = LogContext.ofWorkspace(workspace)) {
        return start.call();
      }
    }

    void run(Runnable work) {
      Boolean _ =
          start(
              () -> {
                work.run();
                return true;
              });
    }
  }

  @Override
  public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
      MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
    if (!Span.current().getSpanContext().isSampled()) {
      return next.newCall(method, options);
    }
    Span span = Spans.named(method.getFullMethodName(), SpanKind.CLIENT).startSpan();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<RespT> answers, Metadata headers) {
        try (Scope _ = span.makeCurrent()) {
          headers.put(TRACEPARENT, Traceparent.current());
        }
        super.start(
            new SimpleForwardingClientCallListener<>(answers) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                end(span, status);
                super.onClose(status, trailers);
              }
            },
            headers);
      }

      @Override
      public void cancel(@Nullable String message, @Nullable Throwable cause) {
        end(span, Status.CANCELLED);
        super.cancel(message, cause);
      }
    };
  }

  private static void end(Span span, Status status) {
    span.setAttribute("rpc.grpc.status_code", status.getCode().value());
    if (!status.isOk()) {
      span.setStatus(StatusCode.ERROR, status.getCode().name());
    }
    span.end();
  }
}
