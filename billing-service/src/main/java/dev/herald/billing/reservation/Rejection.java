package dev.herald.billing.reservation;

import java.util.Optional;

/** Why one state could not be applied; its neighbours were. */
public record Rejection(Reason reason, String message) {

  /** Machine-readable, as in the contract. */
  public enum Reason {
    INVALID_KEY,
    INVALID_VERSION,
    NEGATIVE_TOTAL,
    UNKNOWN_LINE,
    VERSION_REUSED,
    AMOUNT_TOO_LARGE,
    NOT_APPLICABLE
  }

  static Optional<Rejection> unless(boolean good, Reason reason, String message) {
    return good ? Optional.empty() : Optional.of(new Rejection(reason, message));
  }
}
