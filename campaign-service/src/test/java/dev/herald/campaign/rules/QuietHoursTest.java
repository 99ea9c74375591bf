package dev.herald.campaign.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.phone.TimeZones;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class QuietHoursTest {
  private static final QuietHours NIGHT = new QuietHours(LocalTime.of(21, 0), LocalTime.of(8, 0));

  @Property
  void theEndIsNeverInThePastAndNeverQuiet(
      @ForAll @IntRange(min = 0, max = 1439) int from,
      @ForAll @IntRange(min = 1, max = 1439) int length,
      @ForAll("moments") Instant now,
      @ForAll("zones") ZoneId zone) {
    LocalTime begin = LocalTime.MIN.plusMinutes(from);
    LocalTime until = begin.plusMinutes(length);
    Instant end = new QuietHours(begin, until).end(now, List.of(zone));

    assertThat(end).isAfterOrEqualTo(now);
    assertThat(Duration.between(now, end)).isLessThan(Duration.ofHours(26));
    assertThat(isQuiet(begin, until, end.atZone(zone).toLocalTime())).isFalse();
    // And it is the first such minute: whoever waits waits for a reason.
    if (end.isAfter(now)) {
      assertThat(isQuiet(begin, until, now.atZone(zone).toLocalTime())).isTrue();
    }
  }

  private static boolean isQuiet(LocalTime from, LocalTime until, LocalTime time) {
    return from.isBefore(until)
        ? !time.isBefore(from) && time.isBefore(until)
        : !time.isBefore(from) || time.isBefore(until);
  }

  @Provide
  Arbitrary<Instant> moments() {
    return Arbitraries.longs().between(1_700_000_000L, 1_900_000_000L).map(Instant::ofEpochSecond);
  }

  @Provide
  Arbitrary<ZoneId> zones() {
    return Arbitraries.of(
            "Asia/Kolkata",
            "America/New_York",
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Sao_Paulo",
            "UTC")
        .map(ZoneId::of);
  }

  @Example
  void whereSeveralZonesArePossibleNoneMayBeQuiet() {
    List<ZoneId> coasts = List.of(ZoneId.of("America/New_York"), ZoneId.of("America/Los_Angeles"));
    // Eight in the evening in New York, five in Los Angeles: both awake.
    Instant evening = Instant.parse("2026-11-27T01:00:00Z");
    assertThat(NIGHT.end(evening, coasts)).isEqualTo(evening);
    // Nine in New York: it is day in both only when Los Angeles has had its breakfast.
    assertThat(NIGHT.end(evening.plus(Duration.ofHours(1)), coasts))
        .isEqualTo(Instant.parse("2026-11-27T16:00:00Z"));
  }

  @Example
  void nightsAllAroundTheWorldLeaveTheFirstPlace() {
    QuietHours long20 = new QuietHours(LocalTime.of(10, 0), LocalTime.of(6, 0));
    List<ZoneId> far = List.of(ZoneOffset.UTC, ZoneOffset.ofHours(12));
    Instant noon = Instant.parse("2026-11-27T12:00:00Z");
    assertThat(long20.end(noon, far)).isEqualTo(Instant.parse("2026-11-28T06:00:00Z"));
  }

  @Example
  void aNumberTellsWhereItsHolderIs() {
    assertThat(TimeZones.of(12125550100L, ZoneOffset.UTC))
        .containsExactly(ZoneId.of("America/New_York"));
    assertThat(TimeZones.of(919800000000L, ZoneOffset.UTC))
        .containsExactly(ZoneId.of("Asia/Calcutta"));
    // A satellite phone may be anywhere.
    assertThat(TimeZones.of(881612345678L, ZoneId.of("Asia/Dubai")))
        .containsExactly(ZoneId.of("Asia/Dubai"));
  }
}
