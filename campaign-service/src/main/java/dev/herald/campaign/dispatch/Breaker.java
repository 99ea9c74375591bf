package dev.herald.campaign.dispatch;

import dev.herald.runtime.Backoff;
import java.time.Duration;

/**
 * Keeps a channel from running against a wall. When WhatsApp cannot be reached (nothing was sent,
 * so nothing is in doubt) it waits longer and longer and tries again by itself. When its answers
 * leave messages in doubt several times in a row, it says so once: that needs a person.
 */
final class Breaker {
  private static final int UNREACHABLE_IN_A_ROW = 5;
  private static final int AMBIGUOUS_IN_A_ROW = 10;
  private static final Backoff WAIT = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private int unreachable;
  private int openings;
  private int ambiguous;
  private long openUntil = System.nanoTime();

  /** WhatsApp gave a definite answer; returns true if the channel was in trouble before. */
  synchronized boolean definite() {
    boolean recovered = openings > 0;
    unreachable = 0;
    openings = 0;
    ambiguous = 0;
    return recovered;
  }

  /** No connection; returns true if this opened the breaker. */
  synchronized boolean unreachable(long nowNanos) {
    unreachable++;
    if ((unreachable < UNREACHABLE_IN_A_ROW && openings == 0) || isOpen(nowNanos)) {
      return false;
    }
    openings++;
    openUntil = nowNanos + WAIT.after(openings).toNanos();
    return openings == 1;
  }

  /** A message in doubt; returns true if there were too many in a row. */
  synchronized boolean ambiguous() {
    ambiguous++;
    if (ambiguous < AMBIGUOUS_IN_A_ROW) {
      return false;
    }
    ambiguous = 0;
    return true;
  }

  synchronized boolean isOpen(long nowNanos) {
    return nowNanos - openUntil < 0;
  }
}
