package dev.herald.billing.money;

import java.math.BigDecimal;

/**
 * An exact amount in millionths of a currency's unit. Never rounded; a result that does not fit 64
 * bits is an {@link ArithmeticException}, never a wrong number.
 */
public record Micros(long value) implements Comparable<Micros> {
  public static final Micros ZERO = new Micros(0);
  public static final long PER_UNIT = 1_000_000;

  private static final int DECIMALS = 6;
  private static final int SHOWN_DECIMALS = 2;

  public static Micros of(long value) {
    return value == 0 ? ZERO : new Micros(value);
  }

  public Micros plus(Micros other) {
    return of(Math.addExact(value, other.value));
  }

  public Micros minus(Micros other) {
    return of(Math.subtractExact(value, other.value));
  }

  /** The price of so many messages. */
  public Micros times(long count) {
    return of(Math.multiplyExact(value, count));
  }

  public boolean isPositive() {
    return value > 0;
  }

  public boolean isNegative() {
    return value < 0;
  }

  @Override
  public int compareTo(Micros other) {
    return Long.compare(value, other.value);
  }

  /** Units with at least two and at most six decimals: {@code 12.40}, {@code 0.0118}. */
  public String decimal() {
    BigDecimal units = BigDecimal.valueOf(value, DECIMALS).stripTrailingZeros();
    return units.setScale(Math.max(SHOWN_DECIMALS, units.scale())).toPlainString();
  }

  /** For a person: {@code 12.40 USD}. */
  public String text(String currency) {
    return decimal() + " " + currency;
  }
}
