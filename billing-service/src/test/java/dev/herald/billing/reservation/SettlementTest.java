package dev.herald.billing.reservation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.billing.ledger.Account;
import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.Markup;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The rule by which totals become movements, over random lives of a line. */
class SettlementTest {
  private static final int LIVES = 15_000;
  private static final int STEPS = 12;

  @Test
  void whatWasMovedIsAlwaysWhatTheTotalsSay() {
    long seed = Long.getLong("herald.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int life = 0; life < LIVES; life++) {
      Line line = line();
      long reserved = 0;
      long revenue = 0;
      int version = 0;
      for (int step = 0; step < STEPS; step++) {
        Settlement settlement =
            random.nextInt(4) == 0
                ? reserve(line, random)
                : Settlement.settle(line, anyTotals(line, ++version, random), random.nextInt(30));
        for (Settlement.Step moved : settlement.steps()) {
          assertThat(moved.messages()).isPositive();
          reserved += (long) sign(moved, Account.RESERVED) * moved.messages();
          revenue += (long) sign(moved, Account.REVENUE) * moved.messages();
        }
        Line after = settlement.line();
        String told = "seed " + seed + ": " + line + " → " + settlement;
        assertThat(reserved).as(told).isEqualTo(after.posted().held());
        assertThat(revenue).as(told).isEqualTo(after.billable());
        assertThat(revenue)
            .as(told)
            .isEqualTo(Math.max(0, after.totals().charged() - after.free().total()));
        assertThat(after.posted().held()).as(told).isBetween(0, after.totals().reserved());
        assertThat(after.free().held()).as(told).isBetween(0, after.free().granted());
        // A state that is told again moves nothing.
        assertThat(Settlement.settle(after, after.totals(), 0).steps()).as(told).isEmpty();
        line = after;
      }
    }
  }

  private static Settlement reserve(Line line, SplittableRandom random) {
    int total = line.totals().reserved() + 1 + random.nextInt(20);
    int window = random.nextInt(total - line.totals().reserved() + 1);
    return Settlement.reserve(line, total, window, random.nextInt(30));
  }

  // Not trusted to fit: more may be told than was reserved, and less than before.
  private static Totals anyTotals(Line line, int version, SplittableRandom random) {
    int bound = line.totals().reserved() + 3;
    return random.nextInt(3) == 0
        ? line.totals().withUnattempted(random.nextInt(bound), version)
        : line.totals().withUsage(random.nextInt(bound), random.nextInt(bound), version);
  }

  private static int sign(Settlement.Step step, Account account) {
    return step.movement().credit() == account ? 1 : step.movement().debit() == account ? -1 : 0;
  }

  private static Line line() {
    return Line.begin(
        new LineKey(1, 2, "IN", 20261124),
        Instant.EPOCH,
        3,
        new PriceTag(
            Category.SERVICE, "India", "USD", "", Micros.of(5), Markup.NONE, Micros.of(5)));
  }
}
