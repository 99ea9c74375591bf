package dev.herald.simulator.webhook;

import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;

/**
 * When a post that was not answered 200 is repeated: after a delay that doubles up to a longest
 * one.
 */
final class Backoff {
  private static final int MOST_DOUBLINGS = 40;

  private Backoff() {}

  /** Microseconds to wait before the nth repetition (from 1). */
  static long before(Scenario scenario, int nth) {
    long first = Math.max(1000, scenario.micros(Knob.WEBHOOK_RETRY_DELAY));
    long longest = Math.max(first, scenario.micros(Knob.WEBHOOK_RETRY_MAX_DELAY));
    int doublings = Math.min(nth - 1, MOST_DOUBLINGS);
    return first > longest >> doublings ? longest : first << doublings;
  }

  /** Microseconds from the first failure to the nth repetition. */
  static long total(Scenario scenario, int nth) {
    long total = 0;
    long longest = Math.max(1000, scenario.micros(Knob.WEBHOOK_RETRY_MAX_DELAY));
    for (int i = 1; i <= nth; i++) {
      long wait = before(scenario, i);
      if (wait >= longest) {
        return total + (nth - i + 1) * wait;
      }
      total += wait;
    }
    return total;
  }
}
