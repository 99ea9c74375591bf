package dev.herald.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdsTest {

  @Test
  void idsArePositiveAndGrow() {
    long[] ids = LongStream.generate(Ids::next).limit(100_000).toArray();
    assertThat(ids).isSorted().doesNotHaveDuplicates();
    assertThat(ids[0]).isPositive();
  }

  @Test
  void idsOfManyThreadsDiffer() {
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 200_000).parallel().forEach(i -> seen.add(Ids.next()));
    assertThat(seen).hasSize(200_000);
  }

  @Test
  void anIdTellsItsTimeButNotHowManyCameBefore() {
    long millis = Ids.next() >> 22;
    long now = Instant.now().toEpochMilli() - Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
    assertThat(millis).isBetween(now - 60_000, now + 60_000);
  }
}
