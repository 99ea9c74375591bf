package dev.herald.billing.reservation;

import dev.herald.billing.money.Micros;
import java.time.Instant;

/** A line as it stands: price, totals, and what has been moved for them. */
public record Line(
    LineKey key,
    Instant createdAt,
    long channelId,
    PriceTag price,
    Totals totals,
    FreeMessages free,
    Posted posted) {

  /** A line before its first reservation. */
  public static Line begin(LineKey key, Instant at, long channelId, PriceTag price) {
    return new Line(
        key, at, channelId, price, Totals.reserved(0), FreeMessages.NONE, Posted.NOTHING);
  }

  /** Messages that cost their price: those that count as sent beyond the free ones. */
  public int billable() {
    return Math.max(0, totals.charged() - free.total());
  }

  /** Free messages among those that count as sent. */
  public int freeCharged() {
    return totals.charged() - billable();
  }

  /** Messages beyond the charged ones whose price would have to stand in reserved. */
  long needed() {
    return Math.max(0, totals.possible() - free.total()) - billable();
  }

  public Micros charged() {
    return price.unitPrice().times(billable());
  }

  public Micros held() {
    return price.unitPrice().times(posted.held());
  }

  public Micros released() {
    return price.unitPrice().times(posted.released());
  }

  public Micros refunded() {
    return price.unitPrice().times(posted.refunded());
  }

  public Micros chargedLate() {
    return price.unitPrice().times(posted.late());
  }

  /** Ever moved to reserved: what stands there, went back, or was charged from there. */
  public Micros reservedInAll() {
    long chargedEver = billable() + posted.refunded();
    return price.unitPrice().times(posted.held() + posted.released() + chargedEver - posted.late());
  }
}
