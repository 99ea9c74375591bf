package dev.herald.gateway.api;

import java.time.Duration;
import java.util.Optional;

/** Lets so many through a second in the long run, and so many at once after a pause. */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double capacity;
  private double tokens;
  private long filledAt;

  TokenBucket(double perSecond, double capacity, long now) {
    this.perSecond = perSecond;
    this.capacity = capacity;
    this.tokens = capacity;
    this.filledAt = now;
  }

  /** Empty if let through, else how long to wait. */
  Optional<Duration> take() {
    return take(System.nanoTime());
  }

  synchronized Optional<Duration> take(long now) {
    fill(now);
    if (tokens >= 1) {
      tokens -= 1;
      return Optional.empty();
    }
    return Optional.of(untilNext());
  }

  private Duration untilNext() {
    return Duration.ofNanos((long) ((1 - tokens) / perSecond * NANOS));
  }

  private void fill(long now) {
    tokens = Math.min(capacity, tokens + Math.max(0, now - filledAt) / NANOS * perSecond);
    filledAt = now;
  }
}
