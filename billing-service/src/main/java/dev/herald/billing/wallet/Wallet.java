package dev.herald.billing.wallet;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Markup;
import java.time.Instant;
import java.util.Optional;

/**
 * The money of one workspace: available + reserved + revenue = toppedUp + adjusted.
 *
 * @param entries number of its last ledger entry
 */
public record Wallet(
    long workspaceId,
    String currency,
    Markup markup,
    ChargeBasis chargeBasis,
    Optional<Micros> lowBalanceThreshold,
    Micros toppedUp,
    Micros adjusted,
    Micros available,
    Micros reserved,
    Micros revenue,
    long entries,
    Instant createdAt,
    Instant updatedAt) {

  public boolean lowBalance() {
    return isLow(available, lowBalanceThreshold);
  }

  static boolean isLow(Micros available, Optional<Micros> threshold) {
    return threshold.isPresent() && available.compareTo(threshold.get()) < 0;
  }
}
