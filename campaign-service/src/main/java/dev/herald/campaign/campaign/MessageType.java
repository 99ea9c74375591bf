package dev.herald.campaign.campaign;

/** What a campaign sends. */
public enum MessageType {
  TEMPLATE,
  REGULAR
}
