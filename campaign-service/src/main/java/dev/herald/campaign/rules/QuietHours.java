package dev.herald.campaign.rules;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Collection;

/**
 * The time of a day in which people are left alone, where they are.
 *
 * @param from the first minute that is quiet
 * @param until the first minute that is not; before {@code from} if it is on the next day
 */
public record QuietHours(LocalTime from, LocalTime until) {
  // Further apart than a day no zone ends its night.
  private static final int MOST_STEPS = 100;
  private static final Duration LONGEST = Duration.ofDays(2);

  public QuietHours {
    if (from.equals(until)) {
      throw new IllegalArgumentException("Quiet at all times");
    }
  }

  /**
   * The first moment, now or later, at which it is quiet in none of these places. Where nights
   * leave no such moment, that of the first place.
   *
   * @param zones where the person may be, at least one
   */
  public Instant end(Instant now, Collection<ZoneId> zones) {
    Instant moment = now;
    for (int step = 0; step < MOST_STEPS && !moment.isAfter(now.plus(LONGEST)); step++) {
      Instant later = moment;
      for (ZoneId zone : zones) {
        later = end(later, zone);
      }
      if (later.equals(moment)) {
        return moment;
      }
      moment = later;
    }
    return end(now, zones.iterator().next());
  }

  private Instant end(Instant now, ZoneId zone) {
    ZonedDateTime there = now.atZone(zone);
    if (!contains(there.toLocalTime())) {
      return now;
    }
    ZonedDateTime end = there.toLocalDate().atTime(until).atZone(zone);
    return (end.isAfter(there) ? end : there.toLocalDate().plusDays(1).atTime(until).atZone(zone))
        .toInstant();
  }

  private boolean contains(LocalTime time) {
    return from.isBefore(until)
        ? !time.isBefore(from) && time.isBefore(until)
        : !time.isBefore(from) || time.isBefore(until);
  }
}
