package dev.herald.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads parameters of the control API; what is wrong with them is told as an
 * IllegalArgumentException.
 */
final class Parameters {
  private Parameters() {}

  static String required(JsonNode body, String name) {
    String text = body.path(name).asText();
    if (text.isEmpty()) {
      throw new IllegalArgumentException(name + " is required");
    }
    return text;
  }

  static @Nullable String optional(JsonNode body, String name) {
    return body.hasNonNull(name) ? body.path(name).asText() : null;
  }

  /** The digits of a phone number with or without its plus sign. */
  static long digits(String text) {
    try {
      return Long.parseLong(text.startsWith("+") ? text.substring(1) : text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a phone number", e);
    }
  }

  static int count(@Nullable String text, int fallback, int most, String name) {
    if (text == null) {
      return fallback;
    }
    try {
      int count = Integer.parseInt(text);
      if (count >= 0 && count <= most) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw new IllegalArgumentException(name + " must be a whole number from 0 to " + most);
  }

  static long number(@Nullable String text, long fallback, String name) {
    try {
      return text == null ? fallback : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a whole number", e);
    }
  }

  /** A moment as ISO 8601, in microseconds since 1970. */
  static long moment(@Nullable String text, long fallback, String name) {
    try {
      return text == null
          ? fallback
          : ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          name + " must be a moment such as 2026-01-31T12:00:00Z", e);
    }
  }

  static String iso(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  static PhoneNumber phoneNumber(Directory directory, @Nullable String id) {
    if (id == null && directory.numbers().size() == 1) {
      return directory.numberAt(0);
    }
    PhoneNumber number = id == null ? null : directory.number(id);
    if (number == null) {
      throw new IllegalArgumentException(
          id == null ? "phone_number_id is required" : "there is no phone number " + id);
    }
    return number;
  }
}
