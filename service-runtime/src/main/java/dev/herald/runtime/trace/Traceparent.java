package dev.herald.runtime.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name of a span as it travels: W3C Trace Context's traceparent. */
public final class Traceparent {
  /** The header, the metadata and the column. */
  public static final String NAME = "traceparent";

  private static final TextMapGetter<String> TEXT =
      new TextMapGetter<>() {
        // Abstract still, though nobody is to ask for it any more.
        @Override
        @SuppressWarnings("deprecation")
        public Iterable<String> keys(String carrier) {
          return List.of(NAME);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
          return key.equals(NAME) ? carrier : null;
        }
      };

  private Traceparent() {}

  /** Of the span under way; "" if it is not recorded. */
  public static String current() {
    if (!Span.current().getSpanContext().isSampled()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    W3CTraceContextPropagator.getInstance()
        .inject(
            Context.current(),
            text,
            (carrier, key, value) -> {
              if (carrier != null && key.equals(NAME)) {
                carrier.append(value);
              }
            });
    return text.toString();
  }

  /** A context below the named span; the root for "" and what is no traceparent. */
  public static Context context(@Nullable String traceparent) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), traceparent == null ? "" : traceparent, TEXT);
  }

  /**
   * The same for a stranger's word: the trace's id is taken, its wish to be recorded is not, for
   * anybody could wish for all of them.
   */
  public static Context untrusted(@Nullable String traceparent) {
    Context named = context(traceparent);
    var span = Span.fromContext(named).getSpanContext();
    return span.isValid()
        ? named.with(
            Span.wrap(
                io.opentelemetry.api.trace.SpanContext.createFromRemoteParent(
                    span.getTraceId(),
                    span.getSpanId(),
                    io.opentelemetry.api.trace.TraceFlags.getDefault(),
                    span.getTraceState())))
        : named;
  }
}
