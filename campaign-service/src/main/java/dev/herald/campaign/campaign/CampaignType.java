package dev.herald.campaign.campaign;

/** How recipients join a campaign. */
public enum CampaignType {
  /** A fixed audience, sent once. */
  BROADCAST,
  /** Live: every call adds recipients, until paused or stopped. */
  API
}
