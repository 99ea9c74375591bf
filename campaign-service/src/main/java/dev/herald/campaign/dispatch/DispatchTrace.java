package dev.herald.campaign.dispatch;

import dev.herald.runtime.trace.Spans;
import dev.herald.runtime.trace.Traceparent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.List;

/**
 * The spans of sending. The first thousand messages of a campaign are part of its launch's trace;
 * the batches after them are traces of their own that name the launch, or a trace would have
 * millions of spans.
 */
final class DispatchTrace {
  private static final int OF_THE_LAUNCH = 1000;

  private DispatchTrace() {}

  static SpanBuilder of(Batch batch, String launchTrace, List<Target> targets) {
    Context launch = Traceparent.context(launchTrace);
    boolean early = targets.isEmpty() || targets.getFirst().subject().ordinal() < OF_THE_LAUNCH;
    SpanBuilder span =
        Spans.named("dispatch batch", SpanKind.INTERNAL)
            .setParent(early ? launch : Context.root())
            .setAttribute("herald.campaign_id", batch.campaign().value())
            .setAttribute("herald.batch_id", batch.id())
            .setAttribute("herald.messages", targets.size());
    return early ? span : span.addLink(Span.fromContext(launch).getSpanContext());
  }

  static SpanBuilder ofMessage(Target target) {
    return Spans.named("POST messages", SpanKind.CLIENT)
        .setAttribute("herald.ordinal", target.subject().ordinal());
  }
}
