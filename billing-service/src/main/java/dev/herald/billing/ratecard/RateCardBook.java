package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;
import dev.herald.runtime.HeraldException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All cards, rules and markets that are loaded. Immutable; a new load makes a new book. */
public final class RateCardBook {
  private final Map<String, NavigableMap<LocalDate, RateCard>> cards = new HashMap<>();
  private final NavigableMap<LocalDate, PricingRules> rules = new TreeMap<>();
  private final CountryMarkets markets;

  public RateCardBook(
      Collection<RateCard> cards, Collection<PricingRules> rules, CountryMarkets markets) {
    for (RateCard card : cards) {
      this.cards
          .computeIfAbsent(card.currency(), ignored -> new TreeMap<>())
          .put(card.effective(), card);
    }
    rules.forEach(rule -> this.rules.put(rule.effective(), rule));
    this.markets = markets;
  }

  /** The currencies a wallet can have. */
  public Set<String> currencies() {
    return new TreeSet<>(cards.keySet());
  }

  /** Newest first; of one day, by currency. */
  public List<RateCard> cards() {
    List<RateCard> all = new ArrayList<>();
    cards.values().forEach(dated -> all.addAll(dated.values()));
    all.sort(
        Comparator.comparing(RateCard::effective).reversed().thenComparing(RateCard::currency));
    return all;
  }

  public Optional<RateCard> card(String currency, LocalDate day) {
    NavigableMap<LocalDate, RateCard> dated = cards.get(currency);
    return Optional.ofNullable(dated == null ? null : dated.floorEntry(day))
        .map(Map.Entry::getValue);
  }

  public Optional<PricingRules> rules(LocalDate day) {
    return Optional.ofNullable(rules.floorEntry(day)).map(Map.Entry::getValue);
  }

  /** The countries a row of a card is for. */
  public List<String> countriesOf(RateCard card, String market) {
    return markets.countriesOf(market, card.effective());
  }

  /**
   * What one message costs. A card is read with the markets of its own first day: it has rows for
   * exactly those, whatever markets Meta has split off since.
   */
  public Quote quote(String currency, LocalDate day, String country, Category category) {
    RateCard card =
        card(currency, day)
            .orElseThrow(
                () -> noCard("No rate card in " + currency + " is in force on " + day + "."));
    PricingRules inForce =
        rules(day).orElseThrow(() -> noCard("No pricing rules are in force on " + day + "."));
    String market = markets.marketOf(country, card.effective());
    MarketRates row = card.markets().get(market);
    Micros price =
        Optional.ofNullable(row)
            .flatMap(rates -> inForce.listPrice(card, rates, category))
            .orElseThrow(() -> noRate(card, market, country, category));
    return new Quote(category, market, card, inForce, price);
  }

  private static HeraldException noCard(String message) {
    return HeraldException.precondition(
        "RATE_NOT_FOUND", message + " The operator has to add one to the rate card folder.");
  }

  private static HeraldException noRate(
      RateCard card, String market, String country, Category category) {
    return HeraldException.precondition(
        "RATE_NOT_FOUND",
        "The rate card %s has no %s rate for %s (market %s)."
            .formatted(card.name(), category.column(), country, market),
        Map.of("country", country, "market", market, "rate_card", card.name()));
  }
}
