package dev.herald.billing.audit;

import dev.herald.billing.ratecard.RateCard;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.billing.reservation.Lot;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Proves a workspace's books from the entries up, in one snapshot, while they go on being written.
 */
public final class LedgerAudit {
  private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(10);

  private final Jdbi jdbi;
  private final WalletStore wallets;
  private final Supplier<RateCardBook> cards;
  private final AuditStore store = new AuditStore();

  public LedgerAudit(Jdbi jdbi, WalletStore wallets, Supplier<RateCardBook> cards) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.cards = cards;
  }

  public AuditReport audit(long workspaceId) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          handle.execute("set local statement_timeout = '" + STATEMENT_TIMEOUT.toMillis() + "ms'");
          return audit(handle, workspaceId);
        });
  }

  private AuditReport audit(Handle handle, long workspaceId) {
    Wallet wallet =
        wallets
            .find(handle, workspaceId)
            .orElseThrow(
                () ->
                    HeraldException.notFound(
                        "WALLET_NOT_FOUND", "The workspace " + workspaceId + " has no wallet."));
    AuditStore.Sides sides = store.sides(handle, workspaceId);
    List<String> differences = new ArrayList<>();
    if (!sides.debits().equals(sides.credits())) {
      differences.add(
          "Debits are %s, credits are %s."
              .formatted(sides.debits().value(), sides.credits().value()));
    }
    differences.addAll(store.balancesThatAreNotTheSumOfEntries(handle, workspaceId));
    differences.addAll(store.entriesThatDoNotContinue(handle, workspaceId));
    differences.addAll(store.linesThatAreNotTheSumOfEntries(handle, workspaceId));
    differences.addAll(store.linesBeyondTheirReservation(handle, workspaceId));
    differences.addAll(store.pricesWithAWrongMarkup(handle, workspaceId));
    differences.addAll(store.allowancesThatAreNotTheSumOfLines(handle, workspaceId));
    differences.addAll(pricesThatAreNotTheCards(handle, workspaceId));
    return new AuditReport(
        workspaceId,
        wallet.currency(),
        sides.entries(),
        sides.debits(),
        sides.credits(),
        differences);
  }

  // Only where the very file is still loaded; a card that was replaced cannot speak for old prices.
  private List<String> pricesThatAreNotTheCards(Handle handle, long workspaceId) {
    RateCardBook book = cards.get();
    Map<String, RateCard> byName =
        book.cards().stream().collect(Collectors.toMap(RateCard::name, Function.identity()));
    List<String> differences = new ArrayList<>();
    for (AuditStore.Price price : store.prices(handle, workspaceId)) {
      RateCard card = byName.get(price.rateCard());
      if (card != null && card.sourceSha256().equals(price.rateCardSha256())) {
        boolean same =
            book.rules(Lot.day("lot", price.lot()))
                .flatMap(
                    rules ->
                        java.util.Optional.ofNullable(card.markets().get(price.market()))
                            .flatMap(row -> rules.listPrice(card, row, price.category())))
                .filter(price.listPrice()::equals)
                .isPresent();
        if (!same) {
          differences.add(
              "Lot %d, market %s, %s: the price %s is not that of the card %s."
                  .formatted(
                      price.lot(),
                      price.market(),
                      price.category().column(),
                      price.listPrice().decimal(),
                      price.rateCard()));
        }
      }
    }
    return differences;
  }
}
