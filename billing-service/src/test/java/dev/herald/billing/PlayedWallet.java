package dev.herald.billing;

import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.TopUpWalletRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A wallet that is never quite full enough, and what was really paid into it. */
final class PlayedWallet {
  private static final long PAYMENT = 2_000_000;

  final long workspace;
  private final String currency;
  private final BillingFixture billing;
  private final AtomicInteger payments = new AtomicInteger();
  private final AtomicLong toppedUp = new AtomicLong();

  private PlayedWallet(BillingFixture billing, long workspace, String currency) {
    this.billing = billing;
    this.workspace = workspace;
    this.currency = currency;
  }

  /** Wallets in two currencies, half of them with a mark-up that rounds. */
  static PlayedWallet open(BillingFixture billing, int index) {
    String currency = index % 5 == 0 ? "EUR" : "USD";
    int markup = index % 2 == 0 ? 0 : 33_333 + index;
    return new PlayedWallet(billing, billing.workspaceWith(currency, markup, 0), currency);
  }

  /** Pays once, however often it is said. */
  void topUp(int times) {
    long micros = PAYMENT + payments.get() % 7;
    TopUpWalletRequest request =
        TopUpWalletRequest.newBuilder()
            .setAmount(Money.newBuilder().setCurrency(currency).setMicros(micros))
            .setRequestId("payment-" + payments.incrementAndGet())
            .build();
    for (int i = 0; i < times; i++) {
      Relay.untilAnswered(() -> billing.wallets(workspace).topUpWallet(request));
    }
    toppedUp.addAndGet(micros);
  }

  long toppedUp() {
    return toppedUp.get();
  }
}
