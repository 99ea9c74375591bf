package dev.herald.simulator.webhook;

import dev.herald.simulator.scenario.MessageKind;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Whether Meta charges for a message, as the {@code pricing} object of its statuses tells it. */
public final class Pricing {
  /** From this day service messages, and utility templates inside the window, are charged. */
  private static final long SERVICE_CHARGED_FROM =
      LocalDate.of(2026, 10, 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000_000;

  private static final int FREE_SERVICE_MESSAGES = 1000;

  private Pricing() {}

  /**
   * Whether the message costs nothing.
   *
   * @param acceptedAt microseconds since 1970
   * @param serviceThisMonth service messages the number has sent before it in the calendar month
   */
  public static boolean isFree(
      MessageKind kind, boolean windowOpen, long acceptedAt, long serviceThisMonth) {
    boolean old = acceptedAt < SERVICE_CHARGED_FROM;
    return switch (kind) {
      case MARKETING, AUTHENTICATION -> false;
      case UTILITY -> old && windowOpen;
      case SERVICE -> old || serviceThisMonth < FREE_SERVICE_MESSAGES;
    };
  }
}
