package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;
import java.time.LocalDate;
import java.util.Optional;

/**
 * What Meta charges for at all, from a day on. The rules are data; what follows from them is
 * decided here and nowhere else.
 *
 * @param effective first day (UTC) they are in force
 * @param serviceMessages what a message without a template costs
 * @param monthlyFreeServiceMessages how many of these cost nothing, per channel and calendar month
 * @param utilityInWindowFree whether utility templates are free inside an open service window
 * @param freeEntryPointFree whether everything is free inside a free entry point window
 */
public record PricingRules(
    LocalDate effective,
    ServiceMessages serviceMessages,
    int monthlyFreeServiceMessages,
    boolean utilityInWindowFree,
    boolean freeEntryPointFree) {

  /** What a message without a template costs. */
  public enum ServiceMessages {
    FREE,
    UTILITY_RATE
  }

  /**
   * The list price of a message, if the market has one. A card older than these rules cannot know
   * what they charge for service messages, so its service column counts only if it is not older.
   */
  public Optional<Micros> listPrice(RateCard card, MarketRates market, Category category) {
    if (category != Category.SERVICE) {
      return market.rate(category);
    }
    return switch (serviceMessages) {
      case FREE -> Optional.of(Micros.ZERO);
      case UTILITY_RATE ->
          card.effective().isBefore(effective)
              ? market.rate(Category.UTILITY)
              : market.rate(Category.SERVICE).or(() -> market.rate(Category.UTILITY));
    };
  }

  /** How many of these messages cost nothing because of the recipient's window. */
  public int freeByWindow(Category category, Windows windows) {
    int inWindow = category == Category.UTILITY && utilityInWindowFree ? windows.inWindow() : 0;
    int freeEntry = freeEntryPointFree ? windows.freeEntry() : 0;
    return Math.addExact(inWindow, freeEntry);
  }

  /** How many messages of this category a channel may send for nothing in a calendar month. */
  public int monthlyFree(Category category) {
    return category == Category.SERVICE && serviceMessages == ServiceMessages.UTILITY_RATE
        ? monthlyFreeServiceMessages
        : 0;
  }
}
