package dev.herald.billing.wallet;

import dev.herald.billing.money.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Something an owner should know about the wallet, at the moment it became so. */
public record Notice(
    long workspaceId,
    long id,
    Kind kind,
    Instant createdAt,
    Micros available,
    Optional<Micros> lowBalanceThreshold) {

  /** What became so. */
  public enum Kind {
    LOW_BALANCE,
    BALANCE_RESTORED,
    OVERDRAWN
  }

  /** What a change of balance or threshold is worth telling. */
  static List<Kind> between(
      Micros before, Optional<Micros> thresholdBefore, Micros after, Optional<Micros> threshold) {
    List<Kind> kinds = new ArrayList<>();
    boolean wasLow = Wallet.isLow(before, thresholdBefore);
    boolean isLow = Wallet.isLow(after, threshold);
    if (!wasLow && isLow) {
      kinds.add(Kind.LOW_BALANCE);
    } else if (wasLow && !isLow && threshold.isPresent()) {
      kinds.add(Kind.BALANCE_RESTORED);
    }
    if (!before.isNegative() && after.isNegative()) {
      kinds.add(Kind.OVERDRAWN);
    }
    return kinds;
  }
}
