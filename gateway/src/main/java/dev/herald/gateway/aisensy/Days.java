package dev.herald.gateway.aisensy;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Days as AiSensy's clients write them, {@code 2026-11-02}, in UTC. */
final class Days {
  private Days() {}

  static LocalDate day(String text, String name, LocalDate fallback) {
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.getYear() >= 1970 && day.getYear() <= 9000) {
        return day;
      }
    } catch (DateTimeException e) {
      // Answered below.
    }
    throw new AisensyError(400, name + " must be a date such as 2026-11-02");
  }

  static LocalDate day(Timestamp time) {
    return LocalDate.ofInstant(Instant.ofEpochSecond(time.getSeconds()), ZoneOffset.UTC);
  }

  static Timestamp timestamp(LocalDate day) {
    return Timestamps.fromSeconds(day.atStartOfDay(ZoneOffset.UTC).toEpochSecond());
  }
}
