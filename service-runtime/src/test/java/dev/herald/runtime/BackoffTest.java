package dev.herald.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

  @Property
  void everyWaitIsBetweenHalfAndAllOfADoublingTime(@ForAll @IntRange(min = 1) int failures) {
    long full = failures > 7 ? 5_000 : Math.min(50L << (failures - 1), 5_000);
    assertThat(backoff.after(failures).toMillis()).isBetween(full / 2, full);
  }
}
