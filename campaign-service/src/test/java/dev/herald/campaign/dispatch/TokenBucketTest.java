package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a clock of the test's own, with late timers, stalls and pauses. */
class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "7,3", "80,4", "80,5", "250,6", "1000,7", "1000,8", "1000,9"})
  void noWindowOfASecondHoldsMoreThanTheRate(int rate, long seed) {
    Random random = new Random(seed);
    // Begun near the end of the clock's range: nanoTime may overflow.
    long now = Long.MAX_VALUE - SECOND;
    TokenBucket bucket = new TokenBucket(rate, now);
    List<Long> written = new ArrayList<>();
    Deque<TokenBucket.Turn> waiting = new ArrayDeque<>();
    long begin = now;
    int messages = Math.max(50, rate * 6);
    while (written.size() < messages) {
      TokenBucket.Turn turn = bucket.reserve(now, now + 100 * SECOND).orElseThrow();
      waiting.add(turn);
      now = turn.time() - now > 0 ? turn.time() : now;
      // A timer fires late, and now and then the whole machine stands still.
      now += random.nextInt(100) == 0 ? random.nextInt(300_000_000) : random.nextInt(3_000_000);
      while (!waiting.isEmpty() && (waiting.size() > 8 || random.nextBoolean())) {
        if (bucket.use(waiting.poll(), now)) {
          written.add(now - begin);
        }
        now += random.nextInt(50_000);
      }
      if (random.nextInt(500) == 0) {
        now += 3 * SECOND;
      }
    }
    assertThat(worstWindow(written)).isLessThanOrEqualTo(rate);
  }

  private static int worstWindow(List<Long> times) {
    long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    int worst = 0;
    for (int to = 0, from = 0; to < sorted.length; to++) {
      while (sorted[to] - sorted[from] >= SECOND) {
        from++;
      }
      worst = Math.max(worst, to - from + 1);
    }
    return worst;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 80, 1000})
  void aFullQueueUsesTheRate(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    long now = 0;
    int messages = rate * 20;
    for (int i = 0; i < messages; i++) {
      TokenBucket.Turn turn = bucket.reserve(now, now + 100 * SECOND).orElseThrow();
      now = Math.max(now, turn.time());
      assertThat(bucket.use(turn, now)).isTrue();
    }
    assertThat(messages * 1e9 / now).isBetween(rate * 0.99, rate * 1.06);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 80, 1000})
  void aStallIsMadeUpForAtTwiceTheRateAndNeverAtOnce(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    long second = send(bucket, 0, SECOND, rate * 2);
    assertThat(second).as("a first second").isBetween((long) (rate * 0.95), (long) rate);
    // Nothing for a fifth of a second: made up for within the next second and a half.
    long after = send(bucket, SECOND * 12 / 10, SECOND * 15 / 10, rate * 3);
    assertThat(second + after).isGreaterThanOrEqualTo((long) (rate * 2.7 * 0.97) - 1);
  }

  // How many leave from one time on for so long, none closer to the one before than half a share.
  private static long send(TokenBucket bucket, long from, long length, int most) {
    long now = from;
    long last = Long.MIN_VALUE / 2;
    for (int sent = 0; sent < most; sent++) {
      long time = bucket.reserve(now, now + 100 * SECOND).orElseThrow().time();
      assertThat(time - last).isGreaterThanOrEqualTo(SECOND / bucket.rate() / 2);
      if (time >= from + length) {
        return sent;
      }
      now = Math.max(now, time);
      last = time;
    }
    return most;
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 1000})
  void aRefusalSlowsDownForAWhileOnly(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    for (int i = 0; i < 50; i++) {
      bucket.slowDown(i);
    }
    long first = bucket.reserve(1, 100 * SECOND).orElseThrow().time();
    assertThat(first).isGreaterThanOrEqualTo(SECOND / 4);
    long now = first;
    for (int i = 0; i < rate / 4; i++) {
      now = Math.max(now, bucket.reserve(now, now + SECOND).orElseThrow().time());
    }
    // Half as fast: a quarter of a second's worth takes about half a second.
    assertThat(now - first).isBetween(SECOND / 3, SECOND);
    long later = 60 * SECOND;
    long end = later;
    for (int i = 0; i < rate; i++) {
      end = Math.max(end, bucket.reserve(end, end + SECOND).orElseThrow().time());
    }
    assertThat(end - later).isLessThanOrEqualTo(SECOND * 11 / 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 80})
  void aPlaceThatWouldComeTooLateIsNotTaken(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    bucket.closeUntil(SECOND);
    for (int i = 0; i < 10_000; i++) {
      assertThat(bucket.reserve(i, SECOND - 1)).isEmpty();
    }
    assertThat(bucket.nanosToNext(0)).isEqualTo(SECOND);
  }

  @Test
  void aPlaceIsLostWhenItsSuccessorHasBeenGivenAway() {
    TokenBucket bucket = new TokenBucket(2, 0);
    TokenBucket.Turn first = bucket.reserve(0, 10 * SECOND).orElseThrow();
    assertThat(bucket.reserve(0, 10 * SECOND)).isPresent();
    TokenBucket.Turn third = bucket.reserve(0, 10 * SECOND).orElseThrow();
    // Late: a message in its place and the third's could share a second.
    assertThat(bucket.use(first, first.time() + SECOND / 2)).isFalse();
    assertThat(bucket.use(third, third.time())).isTrue();
  }

  @Test
  void theWindowCountsFromTheEndOfTheWriting() {
    TokenBucket bucket = new TokenBucket(1, 0);
    TokenBucket.Turn turn = bucket.reserve(0, 0).orElseThrow();
    assertThat(bucket.use(turn, 0)).isTrue();
    bucket.used(turn, SECOND / 2);
    assertThat(bucket.nanosToNext(SECOND / 2)).isGreaterThanOrEqualTo(SECOND);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 80})
  void aPlaceThatIsNotUsedInTimeIsLost(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    TokenBucket.Turn turn = bucket.reserve(0, 0).orElseThrow();
    assertThat(bucket.use(turn, SECOND)).isFalse();
  }
}
