package dev.herald.runtime;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waiting times that double from failure to failure up to a limit, each drawn between half and all
 * of it, so that instances that failed together do not come back together.
 */
public record Backoff(Duration first, Duration limit) {
  private static final int MAX_DOUBLINGS = 30;

  /** The wait after this many failures in a row, counted from 1. */
  public Duration after(int failures) {
    int doublings = Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
    long full = Math.min(first.toMillis() << doublings, limit.toMillis());
    if (full < first.toMillis()) {
      full = limit.toMillis(); // The shift overflowed.
    }
    return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
  }
}
