package dev.herald.gateway.subscription;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where events of a workspace go.
 *
 * @param disableReason why Herald ended it; empty if it did not
 * @param failingSince since when no attempt has succeeded
 * @param failures batches in a row without a success
 */
record Subscription(
    long workspaceId,
    long id,
    String name,
    String url,
    Format format,
    List<EventKind> eventTypes,
    byte[] sealedSecret,
    byte @Nullable [] sealedOldSecret,
    @Nullable Instant oldSecretUntil,
    State state,
    String disableReason,
    @Nullable Instant disableTime,
    @Nullable Instant failingSince,
    int failures,
    @Nullable Instant lastSuccessTime,
    String createdBy,
    Instant createTime) {

  /** The form of the body. */
  enum Format {
    HERALD,
    AISENSY;

    /** False if the form has no words for it. */
    boolean canSay(EventKind kind) {
      return this == HERALD
          || (kind != EventKind.CAMPAIGN_STATUS_CHANGED && kind != EventKind.ALERT_RAISED);
    }
  }

  /** Whether events are sent. */
  enum State {
    ACTIVE,
    PAUSED,
    DISABLED
  }
}
