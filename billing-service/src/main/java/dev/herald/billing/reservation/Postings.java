package dev.herald.billing.reservation;

import dev.herald.billing.ledger.Journal;
import dev.herald.billing.ledger.Origin;
import dev.herald.billing.ledger.Subject;
import dev.herald.billing.money.Micros;

/** From a step of a settlement to an entry of the ledger. */
final class Postings {
  private Postings() {}

  /** Posts one step; messages that cost nothing move nothing. */
  static void post(Journal journal, Line line, Settlement.Step step, Origin origin, long version) {
    Micros unitPrice = line.price().unitPrice();
    if (!unitPrice.isPositive()) {
      return;
    }
    journal.post(
        step.movement(),
        unitPrice.times(step.messages()),
        new Subject.Messages(
            line.key().campaignId(),
            line.key().country(),
            line.key().lot(),
            line.price().category(),
            step.messages(),
            unitPrice,
            origin,
            version));
  }
}
