package dev.herald.campaign.campaign;

/** Where a campaign stands: DRAFT → SCHEDULED → LIVE ⇄ PAUSED → SENT | STOPPED. */
public enum CampaignStatus {
  DRAFT,
  SCHEDULED,
  LIVE,
  PAUSED,
  SENT,
  STOPPED;

  public boolean isFinal() {
    return this == SENT || this == STOPPED;
  }
}
