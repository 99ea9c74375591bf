package dev.herald.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;

/** Reads single values out of WhatsApp's JSON, which is not always of the type it was last year. */
final class Json {
  // A status cannot be from before the Cloud API, nor from much later than we received it.
  private static final long EARLIEST_SECOND =
      Instant.parse("2020-01-01T00:00:00Z").getEpochSecond();
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  private Json() {}

  /** A text or number as text; empty if there is none. */
  static String text(JsonNode object, String field) {
    JsonNode node = object.path(field);
    return node.isValueNode() && !node.isNull() ? clean(node.asText()) : "";
  }

  static String text(JsonNode object, String field, int maxLength) {
    return shortened(text(object, field), maxLength);
  }

  static String shortened(String text, int maxLength) {
    if (text.length() <= maxLength) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
    return text.substring(0, end);
  }

  /** A whole number, whether written as such or as text; 0 if there is none. */
  static int integer(JsonNode object, String field) {
    try {
      return Integer.parseInt(text(object, field));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * The time an element gives, in seconds since 1970. One that gives none, or one that cannot be,
   * happened when we heard of it: the fact is worth more than its minute.
   */
  static Timestamp time(JsonNode object, String field, Instant receiveTime) {
    try {
      long seconds = Long.parseLong(text(object, field));
      if (seconds >= EARLIEST_SECOND && seconds <= receiveTime.plus(CLOCK_SKEW).getEpochSecond()) {
        return Timestamps.fromSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    return Timestamps.fromMillis(receiveTime.toEpochMilli());
  }

  // U+0000 and half characters are legal in JSON and storable nowhere.
  private static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0' || Character.isSurrogate(c)) {
        return cleanSlowly(text);
      }
    }
    return text;
  }

  private static String cleanSlowly(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(point -> point != 0)
        .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
