package dev.herald.simulator.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final long SECOND = 1_000_000_000L;

  @Property(tries = 200)
  void noWindowPassesMoreThanTheBurstAndTheRate(
      @ForAll @IntRange(min = 1, max = 1000) int perSecond,
      @ForAll @IntRange(min = 1, max = 1000) int burst,
      @ForAll @net.jqwik.api.constraints.Size(max = 400) int[] pauses) {
    TokenBucket bucket = new TokenBucket(perSecond, burst, 0);
    long now = 0;
    java.util.List<Long> passed = new java.util.ArrayList<>();
    for (int pause : pauses) {
      now += Math.floorMod(pause, 20_000_000);
      if (bucket.tryTake(now)) {
        passed.add(now);
      }
    }
    for (int from = 0; from < passed.size(); from++) {
      for (int to = from; to < passed.size(); to++) {
        long time = passed.get(to) - passed.get(from);
        assertThat((double) (to - from + 1))
            .isLessThanOrEqualTo(burst + (double) time * perSecond / SECOND + 1);
      }
    }
  }

  @Test
  void aBucketThatIsNotPressedRefusesNobody() {
    TokenBucket bucket = new TokenBucket(80, 80, 0);
    for (long i = 0; i < 8000; i++) {
      assertThat(bucket.tryTake(i * SECOND / 80)).isTrue();
    }
  }

  @Test
  void aFullSecondMayPassAtOnceAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(80, 80, 0);
    int passed = 0;
    for (int i = 0; i < 1000; i++) {
      passed += bucket.tryTake(5 * SECOND) ? 1 : 0;
    }
    assertThat(passed).isEqualTo(80);
    assertThat(bucket.tryTake(5 * SECOND + SECOND / 80)).isTrue();
    assertThat(bucket.tryTake(5 * SECOND + SECOND / 80)).isFalse();
  }

  @Test
  void inboundMessagesUseUpThroughput() {
    TokenBucket bucket = new TokenBucket(10, 10, 0);
    for (int i = 0; i < 10; i++) {
      bucket.take(SECOND);
    }
    assertThat(bucket.tryTake(SECOND)).isFalse();
  }

  @Test
  void onePersonGetsTheBurstAndThenOneMessagePerInterval() {
    PairLimit limit = new PairLimit();
    int passed = 0;
    for (int i = 0; i < 100; i++) {
      passed += limit.tryTake(1, 15_550_000_001L, 1_000_000, 6_000_000, 45) ? 1 : 0;
    }
    assertThat(passed).isEqualTo(45);
    assertThat(limit.tryTake(1, 15_550_000_002L, 1_000_000, 6_000_000, 45)).isTrue();
    assertThat(limit.tryTake(2, 15_550_000_001L, 1_000_000, 6_000_000, 45)).isTrue();
    assertThat(limit.tryTake(1, 15_550_000_001L, 6_999_999, 6_000_000, 45)).isFalse();
    assertThat(limit.tryTake(1, 15_550_000_001L, 7_000_000, 6_000_000, 45)).isTrue();
  }

  @Test
  void aTableOfPersonTimesAnswersAsAMapDoesAndForgetsThePast() {
    PersonTimes table = new PersonTimes();
    Map<Long, Long> model = new HashMap<>();
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 200_000; i++) {
      long person = 1_000_000_000_000L + random.nextInt(50_000);
      long now = i;
      long time = now + 1 + random.nextInt(10_000);
      table.put(3, person, time, now);
      model.put(person, time);
    }
    model.forEach(
        (person, time) -> {
          if (time > 200_000) {
            assertThat(table.get(3, person)).isEqualTo(time);
          }
          assertThat(table.get(4, person)).isZero();
        });
  }
}
