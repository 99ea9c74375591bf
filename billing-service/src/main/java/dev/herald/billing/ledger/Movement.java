package dev.herald.billing.ledger;

/** The ways money can move: the account debited, the account credited, and why. */
public enum Movement {
  TOP_UP(Cause.TOP_UP, Account.FUNDING, Account.AVAILABLE),
  RESERVATION(Cause.RESERVATION, Account.AVAILABLE, Account.RESERVED),
  CHARGE(Cause.CHARGE, Account.RESERVED, Account.REVENUE),
  /** Proof of sending arrived after the reservation had been given back. */
  LATE_CHARGE(Cause.CHARGE, Account.AVAILABLE, Account.REVENUE),
  RELEASE(Cause.RELEASE, Account.RESERVED, Account.AVAILABLE),
  REFUND(Cause.REFUND, Account.REVENUE, Account.AVAILABLE),
  ADJUSTMENT_UP(Cause.ADJUSTMENT, Account.FUNDING, Account.AVAILABLE),
  ADJUSTMENT_DOWN(Cause.ADJUSTMENT, Account.AVAILABLE, Account.FUNDING);

  private final Cause cause;
  private final Account debit;
  private final Account credit;

  Movement(Cause cause, Account debit, Account credit) {
    this.cause = cause;
    this.debit = debit;
    this.credit = credit;
  }

  public Cause cause() {
    return cause;
  }

  public Account debit() {
    return debit;
  }

  public Account credit() {
    return credit;
  }

  /** +1 if the account gains, −1 if it loses, 0 if it is not concerned. */
  int signFor(Account account) {
    return credit == account ? 1 : debit == account ? -1 : 0;
  }
}
