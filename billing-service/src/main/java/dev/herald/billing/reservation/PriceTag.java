package dev.herald.billing.reservation;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.Markup;
import dev.herald.billing.ratecard.Quote;

/**
 * What one message of a line costs and where that comes from; fixed when the line is first
 * reserved.
 *
 * @param rateCardSha256 of the card's file
 */
public record PriceTag(
    Category category,
    String market,
    String rateCard,
    String rateCardSha256,
    Micros listPrice,
    Markup markup,
    Micros unitPrice) {

  public static PriceTag of(Quote quote, Markup markup) {
    return new PriceTag(
        quote.category(),
        quote.market(),
        quote.card().name(),
        quote.card().sourceSha256(),
        quote.listPrice(),
        markup,
        markup.on(quote.listPrice()));
  }
}
