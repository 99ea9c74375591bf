package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;
import java.math.BigDecimal;
import java.math.BigInteger;

/** What an installation adds to Meta's rate, in parts per million; 100 000 is 10 %. */
public record Markup(int ppm) {
  public static final Markup NONE = new Markup(0);
  public static final int MAX_PPM = 10_000_000;

  private static final long MILLION = 1_000_000;

  public Markup {
    if (ppm < 0 || ppm > MAX_PPM) {
      throw new IllegalArgumentException("Not a mark-up: " + ppm);
    }
  }

  /** For a person: 12.5 for 125 000. */
  public String percent() {
    return BigDecimal.valueOf(ppm, 4).stripTrailingZeros().toPlainString();
  }

  /**
   * The price of one message, rounded once, half up, to a whole millionth. Sums are products of
   * this price, so nothing is ever rounded again.
   */
  public Micros on(Micros listPrice) {
    BigInteger exact =
        BigInteger.valueOf(listPrice.value()).multiply(BigInteger.valueOf(MILLION + ppm));
    BigInteger rounded =
        exact.add(BigInteger.valueOf(MILLION / 2)).divide(BigInteger.valueOf(MILLION));
    return Micros.of(rounded.longValueExact());
  }
}
