package dev.herald.billing.statement;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;

/** What one line moved in a month. */
public record StatementLine(
    Key key,
    String market,
    Category category,
    Micros unitPrice,
    long chargedMessages,
    Micros charged,
    long refundedMessages,
    Micros refunded) {

  /** Where a line stands in the statement's order. */
  public record Key(long campaignId, String country, int lot) {
    /** Before every line. */
    public static final Key FIRST = new Key(0, "", 0);
  }
}
