package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One person gets a few messages at once and then one every six seconds. */
class PairLimitTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long ASHA = 919_800_000_001L;

  @Test
  void aBurstIsBorrowedFromTheFuture() {
    PairLimit limit = new PairLimit();
    // The clock may be anywhere, also just before it overflows.
    long begin = Long.MAX_VALUE - SECOND;
    long now = begin;
    int sent = 0;
    while (now - begin < 600 * SECOND) {
      long wait = limit.nanosToNext(ASHA, now);
      if (wait == 0) {
        limit.use(ASHA, now);
        sent++;
      } else {
        assertThat(wait).isLessThanOrEqualTo(6 * SECOND);
        now += wait;
      }
    }
    // WhatsApp's own: 10 a minute in the long run, and a burst.
    assertThat(sent).isBetween(100, 106);
  }

  @Test
  void othersAreNotHeldUpAndMemoryIsBounded() {
    PairLimit limit = new PairLimit();
    for (int i = 0; i < 5; i++) {
      limit.use(ASHA, 0);
    }
    assertThat(limit.nanosToNext(ASHA, 0)).isPositive();
    assertThat(limit.nanosToNext(ASHA + 1, 0)).isZero();
    for (long phone = 1; phone <= 200_000; phone++) {
      assertThat(limit.nanosToNext(phone, 0)).isZero();
      limit.use(phone, 0);
    }
    assertThat(limit.size()).isLessThanOrEqualTo(50_001);
  }
}
