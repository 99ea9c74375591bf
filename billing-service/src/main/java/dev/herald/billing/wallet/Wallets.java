package dev.herald.billing.wallet;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Markup;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.runtime.HeraldException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Creates and reads wallets and keeps what their owners and the operator choose. */
public final class Wallets {
  private final Jdbi jdbi;
  private final WalletStore store;
  private final NoticeStore notices;
  private final Supplier<RateCardBook> cards;
  private final InstantSource clock;

  public Wallets(
      Jdbi jdbi,
      WalletStore store,
      NoticeStore notices,
      Supplier<RateCardBook> cards,
      InstantSource clock) {
    this.jdbi = jdbi;
    this.store = store;
    this.notices = notices;
    this.cards = cards;
    this.clock = clock;
  }

  /** The workspace's wallet: made now, or as it is. */
  public Wallet create(long workspaceId, String currency, Markup markup) {
    return jdbi.inTransaction(
        tx -> {
          Optional<Wallet> existing = store.find(tx, workspaceId);
          if (existing.isPresent()) {
            return existing.get();
          }
          if (!cards.get().currencies().contains(currency)) {
            throw HeraldException.invalid(
                "currency",
                "CURRENCY_NOT_OFFERED",
                "There is no rate card in %s; offered are %s."
                    .formatted(currency, cards.get().currencies()));
          }
          store.create(tx, workspaceId, currency, markup, now());
          return required(tx, workspaceId);
        });
  }

  public Wallet get(long workspaceId) {
    return jdbi.withHandle(handle -> required(handle, workspaceId));
  }

  /** Those of all workspaces after the id, in order. */
  public List<Wallet> list(long afterWorkspaceId, int limit) {
    return jdbi.withHandle(handle -> store.list(handle, afterWorkspaceId, limit));
  }

  /**
   * Changes what an owner chooses.
   *
   * @param threshold null: unchanged; zero: none
   * @param basis null: unchanged
   */
  public Wallet choose(
      long workspaceId,
      @Nullable String currency,
      @Nullable Micros threshold,
      @Nullable ChargeBasis basis) {
    return jdbi.inTransaction(
        tx -> {
          Wallet before = locked(tx, workspaceId);
          if (currency != null && !currency.equals(before.currency())) {
            throw HeraldException.invalid(
                "low_balance_threshold.currency",
                "CURRENCY_MISMATCH",
                "The wallet is kept in %s, not in %s.".formatted(before.currency(), currency));
          }
          Optional<Micros> chosen =
              threshold == null
                  ? before.lowBalanceThreshold()
                  : Optional.of(threshold).filter(Micros::isPositive);
          Instant at = later(before.updatedAt(), now());
          store.choose(tx, workspaceId, basis == null ? before.chargeBasis() : basis, chosen, at);
          notices.raise(tx, before, before.available(), chosen, at);
          return required(tx, workspaceId);
        });
  }

  /** Changes the mark-up for prices fixed from now on. */
  public Wallet chooseMarkup(long workspaceId, Markup markup) {
    return jdbi.inTransaction(
        tx -> {
          Wallet before = locked(tx, workspaceId);
          store.chooseMarkup(tx, workspaceId, markup, later(before.updatedAt(), now()));
          return required(tx, workspaceId);
        });
  }

  /** Newest first, those before the id. */
  public List<Notice> notices(long workspaceId, long beforeId, int limit) {
    return jdbi.withHandle(handle -> notices.list(handle, workspaceId, beforeId, limit));
  }

  private Wallet locked(Handle tx, long workspaceId) {
    return store.lock(tx, List.of(workspaceId)).stream()
        .findFirst()
        .orElseThrow(() -> missing(workspaceId));
  }

  private Wallet required(Handle handle, long workspaceId) {
    return store.find(handle, workspaceId).orElseThrow(() -> missing(workspaceId));
  }

  private static HeraldException missing(long workspaceId) {
    return HeraldException.notFound(
        "WALLET_NOT_FOUND", "The workspace " + workspaceId + " has no wallet.");
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
