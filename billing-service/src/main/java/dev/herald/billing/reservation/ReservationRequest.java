package dev.herald.billing.reservation;

import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.Windows;
import java.util.List;

/**
 * The cumulative numbers of messages a campaign wants money set aside for.
 *
 * @param channelId the channel they leave through, for its free service messages; 0: none counted
 *     on
 */
public record ReservationRequest(
    long workspaceId, long campaignId, Category category, long channelId, List<Wanted> lines) {

  /** One line's totals so far. */
  public record Wanted(String country, int lot, int messagesTotal, Windows windowTotals) {}

  LineKey key(Wanted wanted) {
    return new LineKey(workspaceId, campaignId, wanted.country(), wanted.lot());
  }
}
