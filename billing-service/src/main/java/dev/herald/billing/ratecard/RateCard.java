package dev.herald.billing.ratecard;

import java.time.LocalDate;
import java.util.Map;

/**
 * One dated price list in one currency.
 *
 * @param effective first day (UTC) it is in force; until the next card of the currency
 * @param sourceSha256 of the file's bytes, hexadecimal: which file a price came from
 * @param markets rows by market
 */
public record RateCard(
    String currency, LocalDate effective, String sourceSha256, Map<String, MarketRates> markets) {

  public RateCard {
    markets = Map.copyOf(markets);
  }

  /** Unique: {@code USD 2026-10-01}. */
  public String name() {
    return currency + " " + effective;
  }
}
