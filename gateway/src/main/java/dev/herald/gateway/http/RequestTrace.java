package dev.herald.gateway.http;

import dev.herald.runtime.trace.LogContext;
import dev.herald.runtime.trace.Spans;
import dev.herald.runtime.trace.Traceparent;
import io.javalin.http.Context;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.ArrayDeque;
import java.util.Deque;

/** The span of a request, and what its log lines are about, from its first handler to its last. */
public final class RequestTrace {
  private static final String ATTRIBUTE = "herald.request-trace";
  private static final int SERVER_ERROR = 500;

  private final Span span;
  private final Scope scope;
  private final Deque<LogContext> contexts = new ArrayDeque<>();

  // Closed by the request's last handler, on the thread of its first.
  @SuppressWarnings("MustBeClosedChecker")
  private RequestTrace(Span span, String requestId) {
    this.span = span;
    this.scope = span.makeCurrent();
    contexts.push(LogContext.ofRequest(requestId));
    contexts.push(LogContext.ofTrace(span));
  }

  static void begin(Context ctx, String requestId) {
    Span span =
        Spans.named(ctx.method().name(), SpanKind.SERVER)
            .setParent(Traceparent.untrusted(ctx.header(Traceparent.NAME)))
            .setAttribute("http.request.method", ctx.method().name())
            .setAttribute("herald.request_id", requestId)
            .startSpan();
    ctx.attribute(ATTRIBUTE, new RequestTrace(span, requestId));
  }

  /** Says whose request it is, once that is known. */
  public static void workspace(Context ctx, long workspace) {
    RequestTrace trace = ctx.attribute(ATTRIBUTE);
    if (trace != null) {
      trace.span.setAttribute("herald.workspace_id", workspace);
      trace.contexts.push(LogContext.ofWorkspace(workspace));
    }
  }

  static void end(Context ctx, String route, int status) {
    RequestTrace trace = ctx.attribute(ATTRIBUTE);
    if (trace == null) {
      return;
    }
    trace.span.updateName(ctx.method().name() + " " + route);
    trace.span.setAttribute("http.route", route);
    trace.span.setAttribute("http.response.status_code", status);
    if (status >= SERVER_ERROR) {
      trace.span.setStatus(StatusCode.ERROR);
    }
    trace.contexts.forEach(LogContext::close);
    trace.scope.close();
    trace.span.end();
  }
}
