package dev.herald.gateway.subscription;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one subscription.
 *
 * @param attempts made so far, with the one under way
 * @param statusCode of the last answer; 0: there was none
 * @param error what went wrong in the last attempt
 */
record Delivery(
    long id,
    UUID eventId,
    EventKind eventType,
    Instant eventTime,
    @Nullable Long campaignId,
    String data,
    State state,
    int attempts,
    Instant nextTime,
    Instant expireTime,
    Instant createTime,
    @Nullable Instant attemptTime,
    int statusCode,
    String error,
    int durationMillis) {

  /** How far it is. */
  enum State {
    PENDING,
    DELIVERED,
    FAILED
  }
}
