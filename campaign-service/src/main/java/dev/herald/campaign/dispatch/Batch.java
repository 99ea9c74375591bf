package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.CampaignId;
import java.time.Instant;

/**
 * A claimed range of a campaign: the durable intent to send these messages.
 *
 * @param version the campaign's version at the claim; a later one forbids sending
 * @param attempts made before, by position
 */
record Batch(
    CampaignId campaign,
    long id,
    long epoch,
    long version,
    int[] ordinals,
    int[] attempts,
    Instant claimedAt) {
  int size() {
    return ordinals.length;
  }
}
