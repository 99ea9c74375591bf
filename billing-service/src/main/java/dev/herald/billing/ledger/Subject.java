package dev.herald.billing.ledger;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;

/** What an entry is about. */
public sealed interface Subject {

  /** A payment: asked for by a request with an id, explained by a note. */
  record Payment(String requestId, String note) implements Subject {}

  /** Messages of one line, at the line's price, because of one state of it. */
  record Messages(
      long campaignId,
      String country,
      int lot,
      Category category,
      int messages,
      Micros unitPrice,
      Origin origin,
      long version)
      implements Subject {}
}
