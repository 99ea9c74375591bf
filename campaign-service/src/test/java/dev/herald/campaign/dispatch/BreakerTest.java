package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A wall is not run against, and doubt in a row is said once. */
class BreakerTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void whatCannotBeReachedIsTriedLessAndLessOftenUntilItAnswers() {
    Breaker breaker = new Breaker();
    long now = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      assertThat(breaker.unreachable(now)).isFalse();
      assertThat(breaker.isOpen(now)).isFalse();
    }
    assertThat(breaker.unreachable(now)).as("said when it opens").isTrue();
    assertThat(breaker.isOpen(now)).isTrue();
    long open = now;
    for (int i = 0; i < 10; i++) {
      while (breaker.isOpen(open)) {
        open += SECOND / 100;
      }
      // One more failure is enough now, and nothing new to say.
      assertThat(breaker.unreachable(open)).isFalse();
      assertThat(breaker.isOpen(open)).isTrue();
    }
    assertThat(breaker.isOpen(open + 31 * SECOND)).as("never for long").isFalse();
    assertThat(breaker.definite()).as("it was in trouble").isTrue();
    assertThat(breaker.definite()).isFalse();
    assertThat(breaker.unreachable(open + 40 * SECOND)).isFalse();
  }

  @Test
  void doubtInARowIsSaidOnceAndAnyAnswerBeginsAnew() {
    Breaker breaker = new Breaker();
    for (int i = 0; i < 9; i++) {
      assertThat(breaker.ambiguous()).isFalse();
    }
    breaker.definite();
    for (int i = 0; i < 9; i++) {
      assertThat(breaker.ambiguous()).isFalse();
    }
    assertThat(breaker.ambiguous()).isTrue();
    assertThat(breaker.ambiguous()).isFalse();
  }
}
