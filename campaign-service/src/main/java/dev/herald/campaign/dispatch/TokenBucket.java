package dev.herald.campaign.dispatch;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Says when each message may leave, so that a channel's rate is used in full and never exceeded:
 *
 * <ul>
 *   <li>in every window of one second at most {@code rate} messages leave: message n waits until a
 *       second has passed since message n − rate was written, not since it was due;
 *   <li>within that second they are spread. A machine that stood still for a moment catches up, by
 *       a quarter of a second at most and no faster than at twice the rate: messages that leave all
 *       at once would wait for each other on the way and arrive within somebody else's second.
 * </ul>
 *
 * <p>The second is taken 3 ms longer than a second, so that messages which travel at different
 * speed do not arrive as more than the rate.
 */
final class TokenBucket {
  private static final long WINDOW = Duration.ofMillis(1003).toNanos();
  private static final long CATCH_UP = Duration.ofMillis(250).toNanos();
  private static final int CATCH_UP_SPEED = 2;
  private static final long SLOW_FOR = Duration.ofSeconds(3).toNanos();
  private static final long SLOWER_AT_MOST_EVERY = Duration.ofSeconds(1).toNanos();
  private static final long REST = Duration.ofMillis(250).toNanos();
  private static final int SLOWEST = 4;
  private static final long TURN_LASTS = Duration.ofMillis(900).toNanos();

  /**
   * A place in the queue.
   *
   * @param time when it is, on the clock of {@link System#nanoTime()}
   * @param number of the place in order
   */
  record Turn(long time, int slot, long number) {}

  private final long interval;
  // The times of the last `rate` messages, oldest at `next`.
  private final long[] times;
  // Whose time that is: a place is given anew a window later.
  private final long[] owners;
  private int next;
  private long numbers;
  private long expected;
  private long last;
  private long closedUntil;
  private int slowness = 1;
  private long slowedAt;

  TokenBucket(int rate, long nowNanos) {
    this.interval = WINDOW / rate;
    this.times = new long[rate];
    this.owners = new long[rate];
    Arrays.fill(times, nowNanos - WINDOW);
    this.expected = nowNanos;
    this.last = nowNanos - interval;
    this.closedUntil = nowNanos;
    this.slowedAt = nowNanos - SLOW_FOR;
  }

  int rate() {
    return times.length;
  }

  /**
   * Takes a place, if there is one before {@code latest}. One that could not be used is not taken:
   * places taken in vain would push all later ones away.
   */
  synchronized Optional<Turn> reserve(long nowNanos, long latest) {
    long time = earliest(nowNanos);
    if (time - latest > 0) {
      return Optional.empty();
    }
    Turn turn = new Turn(time, next, ++numbers);
    times[next] = time;
    owners[next] = turn.number();
    next = (next + 1) % times.length;
    expected = later(expected, time) + interval * slowness(nowNanos);
    last = time;
    return Optional.of(turn);
  }

  /** How long the next place is away. */
  synchronized long nanosToNext(long nowNanos) {
    return Math.max(0, earliest(nowNanos) - nowNanos);
  }

  private long earliest(long nowNanos) {
    long time = later(nowNanos, last + interval / CATCH_UP_SPEED);
    time = later(time, expected - CATCH_UP);
    time = later(time, times[next] + WINDOW);
    return later(time, closedUntil);
  }

  /**
   * The message is about to be written. A place is lost when it is not used for most of a second,
   * or when the one that follows it by a window has been given away meanwhile.
   */
  synchronized boolean use(Turn turn, long nowNanos) {
    if (nowNanos - turn.time() > TURN_LASTS || owners[turn.slot()] != turn.number()) {
      return false;
    }
    times[turn.slot()] = later(turn.time(), nowNanos);
    return true;
  }

  /** The message has been written: the window counts from here, however long the writing took. */
  synchronized void used(Turn turn, long nowNanos) {
    if (owners[turn.slot()] == turn.number()) {
      times[turn.slot()] = later(times[turn.slot()], nowNanos);
    }
  }

  /** Nothing leaves before this time. */
  synchronized void closeUntil(long nanos) {
    closedUntil = later(closedUntil, nanos);
  }

  /**
   * WhatsApp says it is too much: half as fast for a while, but no slower for one burst of noes.
   */
  synchronized void slowDown(long nowNanos) {
    if (nowNanos - slowedAt < SLOWER_AT_MOST_EVERY) {
      return;
    }
    slowness = Math.min(SLOWEST, slowness(nowNanos) * 2);
    slowedAt = nowNanos;
    closedUntil = later(closedUntil, nowNanos + REST);
    // Nothing of the rest is caught up on.
    expected = later(expected, closedUntil + CATCH_UP);
  }

  private int slowness(long nowNanos) {
    if (slowness > 1 && nowNanos - slowedAt >= SLOW_FOR) {
      slowness /= 2;
      slowedAt = nowNanos;
    }
    return slowness;
  }

  // nanoTime may overflow: compared by difference.
  private static long later(long one, long two) {
    return one - two > 0 ? one : two;
  }
}
