package dev.herald.gateway.webhook;

import dev.herald.gateway.webhook.WebhookLog.Claimed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a webhook that could not be applied.
 *
 * @param workspaceId whose it is; null while nobody can tell
 * @param path where it stood; empty for a whole body
 * @param body a body that holds just this part, ready to be applied again
 */
record Fault(
    @Nullable Long workspaceId,
    long webhookId,
    long channelId,
    Instant receiveTime,
    String path,
    String reason,
    String message,
    byte[] body) {

  static Fault ofBody(Claimed claimed, String reason, String message) {
    return new Fault(
        null,
        claimed.id(),
        claimed.channelId(),
        claimed.receiveTime(),
        "",
        reason,
        message,
        claimed.body());
  }
}
