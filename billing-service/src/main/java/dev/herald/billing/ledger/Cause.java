package dev.herald.billing.ledger;

/** Why money moved. */
public enum Cause {
  TOP_UP,
  RESERVATION,
  CHARGE,
  RELEASE,
  REFUND,
  ADJUSTMENT
}
