package dev.herald.billing.ratecard;

/**
 * Of a number of messages, how many go to people with an open window.
 *
 * @param inWindow customer service window open
 * @param freeEntry free entry point window open, not counted in {@code inWindow}
 */
public record Windows(int inWindow, int freeEntry) {
  public static final Windows NONE = new Windows(0, 0);

  /** True if no more messages are in a window than there are messages. */
  public boolean fit(int messages) {
    return inWindow >= 0 && freeEntry >= 0 && (long) inWindow + freeEntry <= messages;
  }

  public Windows plus(Windows other) {
    return new Windows(
        Math.addExact(inWindow, other.inWindow), Math.addExact(freeEntry, other.freeEntry));
  }
}
