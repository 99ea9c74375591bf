package dev.herald.billing.reservation;

/**
 * How the messages of a line stand, as last heard. None of these is trusted to fit the others.
 *
 * @param reserved money was set aside for so many
 * @param charged so many count as sent
 * @param released so many failed, were skipped or given up waiting for
 * @param unattempted so many will never be attempted
 * @param usageVersion version of {@code charged} and {@code released}
 * @param unattemptedVersion version of {@code unattempted}
 */
public record Totals(
    int reserved,
    int charged,
    int released,
    int unattempted,
    long usageVersion,
    long unattemptedVersion) {

  public static Totals reserved(int messages) {
    return new Totals(messages, 0, 0, 0, 0, 0);
  }

  Totals withReserved(int messages) {
    return new Totals(messages, charged, released, unattempted, usageVersion, unattemptedVersion);
  }

  Totals withUsage(int newCharged, int newReleased, long version) {
    return new Totals(reserved, newCharged, newReleased, unattempted, version, unattemptedVersion);
  }

  Totals withUnattempted(int messages, long version) {
    return new Totals(reserved, charged, released, messages, usageVersion, version);
  }

  /** Messages that count as sent or still may. */
  long possible() {
    return Math.max(charged, (long) reserved - released - unattempted);
  }

  /**
   * Reserved messages of which nothing is known yet; negative if more is known than was reserved.
   */
  public long open() {
    return (long) reserved - charged - released - unattempted;
  }
}
