package dev.herald.runtime.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.function.Supplier;

/**
 * Makes spans. They name methods, ids and counts; never a number, a name or a text of a person, nor
 * an error's message, which might quote one.
 */
public final class Spans {
  private Spans() {}

  /** A span to be started by the caller. */
  public static SpanBuilder named(String name, SpanKind kind) {
    return Tracing.tracer().spanBuilder(name).setSpanKind(kind);
  }

  /** Does the work inside the span. */
  public static <T> T in(SpanBuilder builder, Supplier<T> work) {
    Span span = builder.startSpan();
    try (Scope _ = span.makeCurrent();
        LogContext _ = LogContext.ofTrace(span)) {
      return work.get();
    } catch (RuntimeException | Error failure) {
      failed(span, failure);
      throw failure;
    } finally {
      span.end();
    }
  }

  /** Marks the span as failed by this, without its message. */
  public static void failed(Span span, Throwable failure) {
    span.setStatus(StatusCode.ERROR, failure.getClass().getSimpleName());
  }
}
