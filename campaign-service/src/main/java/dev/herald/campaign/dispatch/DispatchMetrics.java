package dev.herald.campaign.dispatch;

import dev.herald.campaign.whatsapp.SendResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What an operator sees of sending. */
final class DispatchMetrics {
  private final Counter accepted;
  private final Counter held;
  private final Counter refused;
  private final Counter notSent;
  private final Counter unknown;
  private final Counter settled;
  private final Counter failures;
  private final AtomicInteger openBatches = new AtomicInteger();
  private final AtomicInteger channels = new AtomicInteger();

  DispatchMetrics(MeterRegistry registry) {
    this.accepted = attempts(registry, "accepted");
    this.held = attempts(registry, "held");
    this.refused = attempts(registry, "refused");
    this.notSent = attempts(registry, "not_sent");
    this.unknown = attempts(registry, "unknown");
    this.settled =
        Counter.builder("herald.dispatch.settled")
            .description("Messages of lost batches declared unconfirmed")
            .register(registry);
    this.failures =
        Counter.builder("herald.dispatch.failures")
            .description("Steps of the dispatcher that failed and are repeated")
            .register(registry);
    Gauge.builder("herald.dispatch.open.batches", openBatches, AtomicInteger::get)
        .register(registry);
    Gauge.builder("herald.dispatch.channels", channels, AtomicInteger::get)
        .description("Channels this process dispatches")
        .register(registry);
  }

  private static Counter attempts(MeterRegistry registry, String outcome) {
    return Counter.builder("herald.dispatch.attempts").tag("outcome", outcome).register(registry);
  }

  void attempted(SendResult result) {
    switch (result) {
      case SendResult.Accepted r -> accepted.increment();
      case SendResult.Held r -> held.increment();
      case SendResult.Refused r -> refused.increment();
      case SendResult.NotSent r -> notSent.increment();
      case SendResult.Unknown r -> unknown.increment();
    }
  }

  void settled(int messages) {
    settled.increment(messages);
  }

  void failed() {
    failures.increment();
  }

  void batchOpened() {
    openBatches.incrementAndGet();
  }

  void batchClosed() {
    openBatches.decrementAndGet();
  }

  void channelOpened() {
    channels.incrementAndGet();
  }

  void channelClosed() {
    channels.decrementAndGet();
  }
}
