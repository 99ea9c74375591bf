package dev.herald.analytics.campaign;

import dev.herald.runtime.HeraldException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names of time zones that mean the same to us and to PostgreSQL. An offset such as +05:30 does
 * not: PostgreSQL reads it with the opposite sign.
 */
final class TimeZones {
  private static final Set<String> KNOWN = new TreeSet<>(ZoneId.getAvailableZoneIds());

  private TimeZones() {}

  /** The zone asked for; if none is, the one campaign-service told, or else UTC. */
  static String of(String asked, Optional<String> told) {
    if (asked.isEmpty()) {
      return told.filter(KNOWN::contains).orElse("UTC");
    }
    if (!KNOWN.contains(asked)) {
      throw HeraldException.invalid(
          "time_zone", "TIME_ZONE_UNKNOWN", "Name the zone as Asia/Kolkata or Europe/Paris.");
    }
    return asked;
  }
}
