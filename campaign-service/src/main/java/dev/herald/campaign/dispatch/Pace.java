package dev.herald.campaign.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Spaces a campaign's messages evenly, so that the last one leaves when it is meant to, however
 * slow that is.
 */
final class Pace {
  private final long interval;
  private long next;

  /**
   * @param messages that are left
   * @param end when the last of them is to leave; past: as fast as the channel can
   */
  Pace(int messages, Instant end, Instant now, long nowNanos) {
    long left = Math.max(0, Duration.between(now, end).toNanos());
    this.interval = left / Math.max(1, messages);
    this.next = nowNanos;
  }

  /** When the next message may leave; empty if not before {@code latest}. */
  synchronized OptionalLong reserve(long nowNanos, long latest) {
    long time = next - nowNanos > 0 ? next : nowNanos;
    if (time - latest > 0) {
      return OptionalLong.empty();
    }
    next = time + interval;
    return OptionalLong.of(time);
  }

  /** How long the next message has to wait. */
  synchronized long nanosToNext(long nowNanos) {
    return Math.max(0, next - nowNanos);
  }

  /** Messages a second, at least one. */
  int rate() {
    return interval == 0
        ? Integer.MAX_VALUE
        : (int) Math.max(1, Duration.ofSeconds(1).toNanos() / interval);
  }
}
