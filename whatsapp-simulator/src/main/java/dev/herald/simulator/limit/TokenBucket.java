package dev.herald.simulator.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst: in any time t at most {@code burst + t × rate} messages pass. Kept as the
 * one moment at which the bucket would be full again, so that a take is a single compare-and-set.
 */
public final class TokenBucket {
  private static final long NANOS = 1_000_000_000L;

  private final int perSecond;
  private final long interval;
  private final long tolerance;
  private final AtomicLong fullAt;

  public TokenBucket(int perSecond, int burst, long nowNanos) {
    this.perSecond = perSecond;
    this.interval = NANOS / perSecond;
    this.tolerance = interval * burst;
    this.fullAt = new AtomicLong(nowNanos);
  }

  public int perSecond() {
    return perSecond;
  }

  public boolean tryTake(long nowNanos) {
    while (true) {
      long before = fullAt.get();
      long after = Math.max(before, nowNanos) + interval;
      if (after - nowNanos > tolerance) {
        return false;
      }
      if (fullAt.compareAndSet(before, after)) {
        return true;
      }
    }
  }

  /**
   * Takes a token that cannot be refused, such as an inbound message; the debt is at most one
   * burst.
   */
  public void take(long nowNanos) {
    fullAt.updateAndGet(
        before -> Math.min(Math.max(before, nowNanos) + interval, nowNanos + 2 * tolerance));
  }
}
