package dev.herald.simulator.webhook;

import dev.herald.simulator.scenario.Update;

/**
 * Names an update without its content, which is made anew for each delivery.
 *
 * @param id the journal's number of the message, or the number of an {@link Extra}
 * @param code the code of the {@link Update}, or {@link #EXTRA}
 * @param attempt how often its delivery has failed so far
 * @param happenedAt what the webhook's timestamp tells, in microseconds since 1970
 */
record UpdateRef(long id, int code, int attempt, long happenedAt) {
  static final int EXTRA = 0xFF;

  /** Attempts beyond this are counted as this. */
  static final int MOST_ATTEMPTS = (1 << 23) - 1;

  boolean isExtra() {
    return code == EXTRA;
  }

  Update update() {
    return Update.at(code);
  }

  UpdateRef failedOnceMore() {
    return new UpdateRef(id, code, Math.min(attempt + 1, MOST_ATTEMPTS), happenedAt);
  }
}
