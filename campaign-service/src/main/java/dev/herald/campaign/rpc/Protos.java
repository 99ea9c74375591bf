package dev.herald.campaign.rpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.herald.runtime.HeraldException;
import java.time.Instant;

/** Times between the contract and the code. */
public final class Protos {
  // What PostgreSQL and JavaScript can both show.
  private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private Protos() {}

  public static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  /** A time from a request; INVALID if nobody can mean it. */
  public static Instant instant(String field, Timestamp time) {
    if (time.getSeconds() < EARLIEST.getEpochSecond()
        || time.getSeconds() > LATEST.getEpochSecond()
        || time.getNanos() < 0
        || time.getNanos() > 999_999_999) {
      throw HeraldException.invalid(
          field, "TIME_OUT_OF_RANGE", "The time must lie between the years 1970 and 2200.");
    }
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  public static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  /** A length of time from a request; INVALID if negative or longer than {@code longest}. */
  public static java.time.Duration duration(
      String field, Duration duration, java.time.Duration longest) {
    boolean plausible =
        duration.getSeconds() >= 0
            && duration.getSeconds() <= longest.toSeconds()
            && duration.getNanos() >= 0
            && duration.getNanos() <= 999_999_999;
    if (!plausible) {
      throw HeraldException.invalid(
          field,
          "DURATION_OUT_OF_RANGE",
          "The length of time must lie between 0 and " + longest.toDays() + " days.");
    }
    return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}
