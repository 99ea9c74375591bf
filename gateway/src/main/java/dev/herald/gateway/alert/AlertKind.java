package dev.herald.gateway.alert;

/** What an alert is about. The names are those of the contract and of the database. */
enum AlertKind {
  CAMPAIGN_PAUSED,
  CAMPAIGN_FINISHED,
  LOW_BALANCE,
  BALANCE_RESTORED,
  OVERDRAWN,
  TEMPLATE_CHANGED,
  CHANNEL_CHANGED,
  TEST
}
