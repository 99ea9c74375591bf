package dev.herald.billing.reservation;

import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.PricingRules;
import dev.herald.billing.ratecard.Quote;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.billing.ratecard.Windows;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.runtime.HeraldException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Says what messages would cost if they were reserved now. */
public final class Estimates {
  private final Jdbi jdbi;
  private final WalletStore wallets;
  private final AllowanceStore allowances = new AllowanceStore();
  private final Supplier<RateCardBook> cards;
  private final InstantSource clock;

  public Estimates(
      Jdbi jdbi, WalletStore wallets, Supplier<RateCardBook> cards, InstantSource clock) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.cards = cards;
    this.clock = clock;
  }

  /** So many messages to a country, some of them to people with an open window. */
  public record Count(String country, int messages, Windows windows) {
    Count plus(Count other) {
      return new Count(
          country, Math.addExact(messages, other.messages), windows.plus(other.windows));
    }
  }

  public Estimate estimate(
      long workspaceId, Category category, long channelId, List<Count> counts) {
    try {
      LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
      RateCardBook book = cards.get();
      return jdbi.withHandle(
          handle -> {
            Wallet wallet =
                wallets
                    .find(handle, workspaceId)
                    .orElseThrow(
                        () ->
                            HeraldException.notFound(
                                "WALLET_NOT_FOUND",
                                "The workspace " + workspaceId + " has no wallet."));
            List<Estimate.Priced> priced = new ArrayList<>();
            for (Count count : merged(counts)) {
              Quote quote = book.quote(wallet.currency(), today, count.country(), category);
              priced.add(
                  new Estimate.Priced(
                      count.country(),
                      count.messages(),
                      quote.rules().freeByWindow(category, count.windows()),
                      quote));
            }
            int left = allowanceLeft(handle, workspaceId, category, channelId, today, book);
            return Estimate.of(wallet, category, priced, left);
          });
    } catch (ArithmeticException e) {
      throw HeraldException.invalid(
          "countries", "AMOUNT_TOO_LARGE", "The cost of these messages exceeds any wallet.");
    }
  }

  private int allowanceLeft(
      Handle handle,
      long workspaceId,
      Category category,
      long channelId,
      LocalDate today,
      RateCardBook book) {
    int monthly = book.rules(today).map((PricingRules r) -> r.monthlyFree(category)).orElse(0);
    if (channelId == 0 || monthly == 0) {
      return 0;
    }
    var key = new AllowanceStore.Key(workspaceId, channelId, Lot.month(Lot.of(today)));
    return Math.max(0, monthly - allowances.find(handle, Set.of(key)).getOrDefault(key, 0));
  }

  private static List<Count> merged(List<Count> counts) {
    Map<String, Count> byCountry = new LinkedHashMap<>();
    for (int index = 0; index < counts.size(); index++) {
      Count count = counts.get(index);
      if (!count.windows().fit(count.messages())) {
        throw HeraldException.invalid(
            "countries[" + index + "]",
            "TOO_MANY_FREE",
            "More messages are said to be in a window than there are messages.");
      }
      byCountry.merge(count.country(), count, Count::plus);
    }
    return List.copyOf(byCountry.values());
  }
}
