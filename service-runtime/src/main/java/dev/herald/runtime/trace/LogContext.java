package dev.herald.runtime.trace;

import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What every line logged meanwhile is about. To be closed on the thread that opened it; then the
 * thread is about what it was about before.
 */
public final class LogContext implements AutoCloseable {
  private static final String TRACE = "trace_id";
  private static final String WORKSPACE = "workspace_id";
  private static final String REQUEST = "request_id";

  private final String key;
  private final @Nullable String before;

  private LogContext(String key, String value) {
    this.key = key;
    this.before = MDC.get(key);
    if (!value.isEmpty()) {
      MDC.put(key, value);
    }
  }

  /** The trace of a span, if it is recorded. */
  public static LogContext ofTrace(Span span) {
    var context = span.getSpanContext();
    return new LogContext(TRACE, context.isSampled() ? context.getTraceId() : "");
  }

  /** A workspace; 0: none. */
  public static LogContext ofWorkspace(long workspace) {
    return new LogContext(WORKSPACE, workspace == 0 ? "" : Long.toString(workspace));
  }

  /** A request of HTTP. */
  public static LogContext ofRequest(String id) {
    return new LogContext(REQUEST, id);
  }

  @Override
  public void close() {
    if (before == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, before);
    }
  }
}
