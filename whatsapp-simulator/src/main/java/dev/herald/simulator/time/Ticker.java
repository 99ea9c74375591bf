package dev.herald.simulator.time;

/**
 * Time as the simulator tells it: the wall clock read once, then monotonic, so that a clock jump
 * moves nothing.
 */
public final class Ticker {
  private final long startMicros = System.currentTimeMillis() * 1000;
  private final long startNanos = System.nanoTime();

  /** Microseconds since 1970. */
  public long micros() {
    return startMicros + sinceStart();
  }

  /** Microseconds since the simulator started. */
  public long sinceStart() {
    return (System.nanoTime() - startNanos) / 1000;
  }

  public long nanos() {
    return System.nanoTime();
  }
}
