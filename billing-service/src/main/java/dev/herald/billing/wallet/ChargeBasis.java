package dev.herald.billing.wallet;

/** Which evidence makes a message cost money. */
public enum ChargeBasis {
  /** It counts as sent. */
  ON_SENT,
  /** It is proven delivered, as Meta bills. */
  ON_DELIVERED
}
