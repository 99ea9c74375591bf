package dev.herald.billing.reservation;

/**
 * What of a line has been moved, in messages at its price.
 *
 * @param held stand in the reserved account
 * @param released ever given back uncharged
 * @param refunded ever given back after having been charged
 * @param late ever charged from available, because the reservation had been given back
 */
public record Posted(int held, long released, long refunded, long late) {
  public static final Posted NOTHING = new Posted(0, 0, 0, 0);
}
