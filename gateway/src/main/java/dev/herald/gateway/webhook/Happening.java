package dev.herald.gateway.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.gateway.subscription.Event;
import dev.herald.gateway.subscription.EventKind;
import dev.herald.gateway.subscription.EventLog;
import dev.herald.gateway.webhook.Interpretation.Traced;
import dev.herald.runtime.messagekey.MessageIds;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Something of a webhook that users' systems may want to hear. */
sealed interface Happening {
  Traced<?> traced();

  /** The event, as it is told. */
  Event event();

  /** WhatsApp reports on a message of ours. */
  record StatusReported(Traced<Evidence> traced, long channelId, String phone, String wamid)
      implements Happening {
    @Override
    public Event event() {
      Evidence fact = traced.value();
      String campaign = Long.toString(fact.getCampaignId());
      String ordinal = Integer.toString(fact.getOrdinal());
      ObjectNode data =
          JsonNodeFactory.instance
              .objectNode()
              .put("campaignId", campaign)
              .put("ordinal", fact.getOrdinal())
              .put("messageId", MessageIds.of(fact.getCampaignId(), fact.getOrdinal()).toString())
              .put("channelId", Long.toString(channelId))
              .put("phone", e164(phone))
              .put("wamid", wamid)
              .put("country", fact.getCountry())
              .put("status", fact.getKind().name());
      if (fact.hasFailure()) {
        data.putObject("failure")
            .put("code", fact.getFailure().getCode())
            .put("title", fact.getFailure().getTitle())
            .put("details", fact.getFailure().getDetails());
      }
      // A message is delivered once, however often WhatsApp says so.
      return new Event(
          Event.idOf("message", campaign, ordinal, fact.getKind().name()),
          traced.workspaceId(),
          kind(fact.getKind()),
          instant(fact.getTime()),
          fact.getCampaignId(),
          data);
    }

    private static EventKind kind(EvidenceKind kind) {
      return switch (kind) {
        case SENT -> EventKind.MESSAGE_SENT;
        case DELIVERED -> EventKind.MESSAGE_DELIVERED;
        case READ -> EventKind.MESSAGE_READ;
        case FAILED -> EventKind.MESSAGE_FAILED;
        default -> throw new IllegalStateException("No status of WhatsApp says " + kind);
      };
    }
  }

  /** A person wrote to us. */
  record MessageReceived(Traced<InboundEvent> traced, long channelId) implements Happening {
    @Override
    public Event event() {
      InboundMessage message = traced.value().getMessage();
      ObjectNode data =
          JsonNodeFactory.instance
              .objectNode()
              .put("channelId", Long.toString(channelId))
              .put("phone", e164(message.getFrom()))
              .put("userId", message.getUserId())
              .put("profileName", message.getProfileName())
              .put("wamid", message.getWamid())
              .put("messageType", message.getType())
              .put("text", message.getText())
              .put("contextWamid", message.getContextWamid());
      return new Event(
          Event.idOf("received", Long.toString(channelId), message.getWamid()),
          traced.workspaceId(),
          EventKind.MESSAGE_RECEIVED,
          instant(traced.value().getTime()),
          null,
          data);
    }
  }

  /** Tells of what happened, in the transaction that marks its webhook as applied. */
  static void tell(EventLog events, Handle tx, List<Happening> happenings) {
    Set<Long> workspaces =
        happenings.stream()
            .map(happening -> happening.traced().workspaceId())
            .collect(Collectors.toSet());
    events.tell(
        tx,
        workspaces,
        listening ->
            happenings.stream()
                .filter(happening -> listening.contains(happening.traced().workspaceId()))
                .map(Happening::event)
                .toList());
  }

  private static String e164(String digits) {
    return digits.isEmpty() ? "" : "+" + digits;
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
