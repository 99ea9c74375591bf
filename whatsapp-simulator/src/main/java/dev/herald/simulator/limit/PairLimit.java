package dev.herald.simulator.limit;

/**
 * WhatsApp's limit of messages from one number to one person: one per interval in the long run,
 * with a burst that is borrowed from the future.
 */
public final class PairLimit {
  private final PersonTimes freeAgainAt = new PersonTimes();

  /** Times in microseconds; {@code burst} of 0 counts as 1. */
  public boolean tryTake(int number, long person, long now, long interval, int burst) {
    long tolerance = interval * Math.max(1, burst);
    long taken =
        freeAgainAt.change(
            number,
            person,
            now,
            current -> {
              long after = Math.max(current, now) + interval;
              return after - now > tolerance ? -1 : after;
            });
    return taken >= 0;
  }

  public void clear() {
    freeAgainAt.clear();
  }
}
