package dev.herald.billing.ledger;

/** Where a workspace's money stands. */
public enum Account {
  /** Outside: where top-ups come from. */
  FUNDING,
  AVAILABLE,
  RESERVED,
  REVENUE
}
