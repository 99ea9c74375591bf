package dev.herald.billing.reservation;

import dev.herald.billing.ratecard.PricingRules;
import dev.herald.billing.ratecard.RateCardBook;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The free service messages of the channels a transaction touches: what lines hold, what is left.
 */
final class Allowances {
  private final Map<AllowanceStore.Key, Integer> held;
  private final Map<AllowanceStore.Key, Integer> changed = new HashMap<>();
  private final RateCardBook book;

  private Allowances(Map<AllowanceStore.Key, Integer> held, RateCardBook book) {
    this.held = held;
    this.book = book;
  }

  /** Reads what these lines may draw on. */
  static Allowances open(
      AllowanceStore store, Handle handle, Collection<Line> lines, RateCardBook book) {
    var keys =
        lines.stream()
            .filter(line -> line.channelId() > 0)
            .filter(line -> monthlyFree(line, book) > 0 || line.free().granted() > 0)
            .map(Allowances::key)
            .collect(Collectors.toSet());
    return new Allowances(store.find(handle, keys), book);
  }

  /** How many free messages the line could still take. */
  int leftFor(Line line) {
    if (line.channelId() == 0) {
      return 0;
    }
    return Math.max(0, monthlyFree(line, book) - held.getOrDefault(key(line), 0));
  }

  /** Follows what a line now holds instead of before. */
  void moved(Line before, Line after) {
    int difference = after.free().held() - before.free().held();
    if (difference != 0) {
      int now = held.merge(key(after), difference, Math::addExact);
      changed.put(key(after), now);
    }
  }

  void save(AllowanceStore store, Handle tx) {
    store.put(tx, changed);
  }

  private static int monthlyFree(Line line, RateCardBook book) {
    return book.rules(Lot.day("lot", line.key().lot()))
        .map((PricingRules rules) -> rules.monthlyFree(line.price().category()))
        .orElse(0);
  }

  private static AllowanceStore.Key key(Line line) {
    return new AllowanceStore.Key(
        line.key().workspaceId(), line.channelId(), Lot.month(line.key().lot()));
  }
}
