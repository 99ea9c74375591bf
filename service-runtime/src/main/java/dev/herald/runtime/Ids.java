package dev.herald.runtime;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of workspaces, campaigns, contacts…: positive 63-bit numbers that grow with time, so that
 * they cluster on disk, and carry random low bits, so that a tenant who creates two things cannot
 * count what others created in between.
 *
 * <p>Layout: 41 bits of milliseconds since 2024 (until 2093), 22 bits of chance. Within a process
 * ids are unique and strictly increasing. Two processes collide with a chance of one in four
 * million for ids of the very same millisecond; the primary key then refuses the second.
 */
public final class Ids {
  private static final long EPOCH_MILLIS = 1_704_067_200_000L; // 2024-01-01T00:00:00Z
  private static final int RANDOM_BITS = 22;
  private static final int STEP_BITS = 4;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicLong LAST = new AtomicLong();

  private Ids() {}

  /** The next id. */
  public static long next() {
    return LAST.updateAndGet(last -> after(last, System.currentTimeMillis()));
  }

  // A burst, or a clock set back, continues from the last id in small random steps.
  private static long after(long last, long nowMillis) {
    long fresh = ((nowMillis - EPOCH_MILLIS) << RANDOM_BITS) | RANDOM.nextInt(1 << RANDOM_BITS);
    return fresh > last ? fresh : last + 1 + RANDOM.nextInt(1 << STEP_BITS);
  }
}
