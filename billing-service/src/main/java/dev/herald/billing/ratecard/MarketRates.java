package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;
import java.util.Map;
import java.util.Optional;

/**
 * A row of a card: the list price of one message by category; a category without a rate is absent.
 */
public record MarketRates(String market, Map<Category, Micros> rates) {

  public MarketRates {
    rates = Map.copyOf(rates);
  }

  public Optional<Micros> rate(Category category) {
    return Optional.ofNullable(rates.get(category));
  }
}
