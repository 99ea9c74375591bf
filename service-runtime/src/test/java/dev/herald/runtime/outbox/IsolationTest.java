package dev.herald.runtime.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.HeraldException;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IsolationTest {
  private static final Exception REFUSAL = new IllegalArgumentException("unreadable");
  private static final Exception OUTAGE = Status.UNAVAILABLE.asRuntimeException();

  @Test
  void aBatchIsHalvedAfterAFewRefusals() {
    Isolation isolation = new Isolation(8);
    for (int i = 0; i < Isolation.REFUSALS; i++) {
      assertThat(isolation.batch()).isEqualTo(8);
      isolation.failed(REFUSAL, 8);
    }
    assertThat(isolation.batch()).isEqualTo(4);
  }

  @Test
  void anOutageTakesManyMoreFailures() {
    Isolation isolation = new Isolation(8);
    for (int i = 1; i < Isolation.OUTAGES; i++) {
      isolation.failed(OUTAGE, 8);
      assertThat(isolation.batch()).isEqualTo(8);
    }
    isolation.failed(OUTAGE, 8);
    assertThat(isolation.batch()).isEqualTo(4);
  }

  @Test
  void whatIsNoRowsFaultCountsAsAnOutage() {
    assertThat(Isolation.isOutage(OUTAGE)).isTrue();
    assertThat(Isolation.isOutage(Status.UNIMPLEMENTED.asRuntimeException())).isTrue();
    assertThat(Isolation.isOutage(HeraldException.permission("ROLE_TOO_LOW", "No."))).isTrue();
    assertThat(Isolation.isOutage(Status.INVALID_ARGUMENT.asRuntimeException())).isFalse();
    assertThat(Isolation.isOutage(REFUSAL)).isFalse();
  }

  // Wherever the bad rows are and however many there are, they and only they are set aside.
  @Property(tries = 300)
  void exactlyTheBadRowsEndUpAlone(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 16) int maxBatch,
      @ForAll Set<@IntRange(max = 39) Integer> bad) {
    Isolation isolation = new Isolation(maxBatch);
    Set<Integer> waiting = new HashSet<>();
    for (int row = 0; row < rows; row++) {
      waiting.add(row);
    }
    Set<Integer> aside = new HashSet<>();
    for (int round = 0; !waiting.isEmpty(); round++) {
      assertThat(round).isLessThan(10_000);
      var batch = waiting.stream().sorted().limit(isolation.batch()).toList();
      if (batch.stream().noneMatch(bad::contains)) {
        batch.forEach(waiting::remove);
        isolation.succeeded();
      } else {
        isolation.failed(REFUSAL, batch.size());
        if (isolation.isExhausted()) {
          waiting.remove(batch.getFirst());
          aside.add(batch.getFirst());
          isolation.nextRow();
        }
      }
    }
    assertThat(aside).isSubsetOf(bad);
    bad.removeIf(row -> row >= rows);
    assertThat(aside).isEqualTo(bad);
  }
}
