package dev.herald.billing.reservation;

import java.util.Comparator;

/** The unit of account: all messages of a line have one price. */
public record LineKey(long workspaceId, long campaignId, String country, int lot)
    implements Comparable<LineKey> {
  private static final Comparator<LineKey> ORDER =
      Comparator.comparingLong(LineKey::workspaceId)
          .thenComparingLong(LineKey::campaignId)
          .thenComparing(LineKey::country)
          .thenComparingInt(LineKey::lot);

  @Override
  public int compareTo(LineKey other) {
    return ORDER.compare(this, other);
  }
}
