package dev.herald.gateway.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Where webhooks stand from their receipt until they are applied. */
interface WebhookLog {
  /**
   * A body as received.
   *
   * @param channelId the channel on whose own address it came in; 0: that of the operator's app
   * @param signature WhatsApp's word for it; empty for a part that is applied again
   * @param trace traceparent of the request that brought it; "" if that is not recorded
   */
  record Received(long channelId, byte[] body, String signature, String trace) {
    Received(long channelId, byte[] body) {
      this(channelId, body, "", "");
    }
  }

  /**
   * A body to be applied.
   *
   * @param id the same for every attempt, and no other body's
   * @param failures how often a service choked on it
   * @param trace traceparent of the request that brought it; "" if that is not recorded
   */
  record Claimed(
      long id, Instant receiveTime, long channelId, int failures, byte[] body, String trace) {}

  /** Appends bodies; when this returns they survive a crash. */
  void append(List<Received> bodies);

  /** How many bodies wait, counted up to a limit. */
  long pending(long limit);

  /** How long the oldest has been waiting. */
  Duration lag();
}
