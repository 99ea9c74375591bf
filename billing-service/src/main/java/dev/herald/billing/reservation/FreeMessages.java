package dev.herald.billing.reservation;

/**
 * How many messages of a line cost nothing: the first so many that count as sent.
 *
 * @param byWindow because of the recipients' windows, fixed when they were reserved
 * @param granted from the channel's monthly allowance, as granted when they were reserved
 * @param held of these, what the line can still need; the rest is back in the allowance
 */
public record FreeMessages(int byWindow, int granted, int held) {
  public static final FreeMessages NONE = new FreeMessages(0, 0, 0);

  public int total() {
    return byWindow + held;
  }

  FreeMessages grow(int windowMore, int allowanceMore) {
    return new FreeMessages(
        Math.addExact(byWindow, windowMore),
        Math.addExact(granted, allowanceMore),
        Math.addExact(held, allowanceMore));
  }

  /**
   * Gives back what no message can need any more, and takes back, as far as the allowance has it,
   * what was granted and is needed again after all.
   */
  FreeMessages fitted(long possible, int allowanceLeft) {
    int needed = (int) Math.min(granted, Math.max(0, possible - byWindow));
    int kept = needed <= held ? needed : held + Math.min(needed - held, Math.max(0, allowanceLeft));
    return kept == held ? this : new FreeMessages(byWindow, granted, kept);
  }
}
