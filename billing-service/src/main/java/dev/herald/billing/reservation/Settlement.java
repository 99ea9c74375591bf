package dev.herald.billing.reservation;

import dev.herald.billing.ledger.Movement;
import java.util.ArrayList;
import java.util.List;

/**
 * What a change of a line's totals does to its money: the line afterwards and the movements that
 * lead there, in messages. A pure function of the line, its new totals and what the free allowance
 * has left, so that repeating a state moves nothing and a state that was skipped is made up for by
 * the next.
 *
 * <p>Every message that counts as sent is charged, also one that was never reserved or whose money
 * had been given back; that comes from available. New money is set aside by {@link #reserve} alone.
 */
public record Settlement(Line line, List<Step> steps) {

  /** So many messages, moved this way at the line's price. */
  public record Step(Movement movement, int messages) {}

  /** Brings the reserved messages up to a total, some of the new ones free. */
  static Settlement reserve(Line line, int reservedTotal, int windowMore, int allowanceLeft) {
    Totals totals = line.totals().withReserved(reservedTotal);
    long growth = totals.possible() - line.totals().possible();
    boolean allFree = line.totals().possible() <= line.free().total();
    // Once some message of the line has a price, a later allowance would only turn charges back.
    int allowanceMore =
        allFree ? (int) Math.min(Math.max(0, growth - windowMore), Math.max(0, allowanceLeft)) : 0;
    FreeMessages free = line.free().grow(windowMore, allowanceMore);
    return of(line, totals, free, true);
  }

  /** Follows the totals of usage or of what will not be attempted. */
  static Settlement settle(Line line, Totals totals, int allowanceLeft) {
    return of(line, totals, line.free().fitted(totals.possible(), allowanceLeft), false);
  }

  private static Settlement of(Line line, Totals totals, FreeMessages free, boolean reserving) {
    Line after =
        new Line(
            line.key(),
            line.createdAt(),
            line.channelId(),
            line.price(),
            totals,
            free,
            line.posted());
    int heldBefore = line.posted().held();
    int held = Math.toIntExact(reserving ? after.needed() : Math.min(heldBefore, after.needed()));
    int chargeMore = after.billable() - line.billable();
    int freed = Math.max(0, heldBefore - held);
    int charge = Math.min(Math.max(0, chargeMore), freed);
    int lateCharge = Math.max(0, chargeMore) - charge;
    int refund = Math.max(0, -chargeMore);
    int release = freed - charge;
    int reserve = Math.max(0, held - heldBefore);

    List<Step> steps = new ArrayList<>();
    // What gives money back goes first, so that it can pay for what follows.
    add(steps, Movement.REFUND, refund);
    add(steps, Movement.RELEASE, release);
    add(steps, Movement.CHARGE, charge);
    add(steps, Movement.LATE_CHARGE, lateCharge);
    add(steps, Movement.RESERVATION, reserve);
    Posted posted =
        new Posted(
            held,
            line.posted().released() + release,
            line.posted().refunded() + refund,
            line.posted().late() + lateCharge);
    return new Settlement(
        new Line(
            after.key(), after.createdAt(), after.channelId(), after.price(), totals, free, posted),
        List.copyOf(steps));
  }

  private static void add(List<Step> steps, Movement movement, int messages) {
    if (messages > 0) {
      steps.add(new Step(movement, messages));
    }
  }
}
