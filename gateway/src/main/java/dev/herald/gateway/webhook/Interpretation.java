package dev.herald.gateway.webhook;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.gateway.webhook.Element.Origin;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import java.util.List;

/**
 * What one webhook means to Herald.
 *
 * @param evidence facts about our messages, for analytics
 * @param events everything else, for campaign-service
 * @param unattributed statuses of our channels that are about no message of ours
 * @param faults what could not be understood
 * @param happenings what of it users' systems may want to hear
 */
record Interpretation(
    Claimed source,
    List<Traced<Evidence>> evidence,
    List<Traced<InboundEvent>> events,
    List<UnattributedCount> unattributed,
    List<Fault> faults,
    List<Happening> happenings) {

  /** A body of which nothing could be understood. */
  static Interpretation ofNothing(Claimed source, List<Fault> faults) {
    return new Interpretation(source, List.of(), List.of(), List.of(), faults, List.of());
  }

  /** A value with where it came from, in case nobody takes it. */
  record Traced<T>(T value, Claimed source, Origin origin, long workspaceId) {
    Fault fault(String reason, String message) {
      return new Fault(
          workspaceId,
          source.id(),
          source.channelId(),
          source.receiveTime(),
          origin.path(),
          reason,
          message,
          origin.envelope().body());
    }
  }
}
