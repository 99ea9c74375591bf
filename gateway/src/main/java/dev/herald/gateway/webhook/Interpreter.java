package dev.herald.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.UnwantedMessage;
import dev.herald.gateway.webhook.ChannelDirectory.Owner;
import dev.herald.gateway.webhook.Element.Inbound;
import dev.herald.gateway.webhook.Element.Origin;
import dev.herald.gateway.webhook.Element.Status;
import dev.herald.gateway.webhook.Element.Unreadable;
import dev.herald.gateway.webhook.Interpretation.Traced;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import dev.herald.gateway.webhook.WebhookReader.Reading;
import dev.herald.gateway.webhook.WebhookReader.UnreadableBodyException;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.messagekey.MessageKeyReading;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a webhook means: whose number it is about, whether the key in a status was made by
 * us for that number, and which evidence that is. Every element is judged by itself.
 */
final class Interpreter {
  // Meta's error: the person has stopped marketing messages.
  private static final int STOPPED_MARKETING = 131_050;
  private static final String OUR_KEYS = "h1.";
  private static final int MAX_TITLE = 300;
  private static final int MAX_DETAILS = 1000;
  private static final int MAX_PHONE = 64;
  private static final int MAX_WAMID = 512;

  private final ChannelDirectory directory;
  private final ChannelSecrets secrets;
  private final MessageKeyCodec keys;
  private final Counter ignored;
  private final Counter nobodys;

  Interpreter(
      ChannelDirectory directory,
      ChannelSecrets secrets,
      MessageKeyCodec keys,
      MeterRegistry metrics) {
    this.directory = directory;
    this.secrets = secrets;
    this.keys = keys;
    this.ignored = metrics.counter("herald.webhook.elements", "outcome", "ignored");
    this.nobodys = metrics.counter("herald.webhook.elements", "outcome", "unknown_number");
  }

  /**
   * What the body means.
   *
   * @throws HeraldException if it cannot be found out just now
   */
  Interpretation interpret(Claimed source) {
    Reading reading;
    try {
      reading = WebhookReader.read(source.body(), source.receiveTime());
    } catch (UnreadableBodyException e) {
      Fault fault = Fault.ofBody(source, "JSON_INVALID", String.valueOf(e.getMessage()));
      return Interpretation.ofNothing(source, List.of(fault));
    }
    ignored.increment(reading.ignored());
    return new Work(source, reading).interpret();
  }

  /** The evidence a status is; empty for one that Herald does not know. */
  static Optional<EvidenceKind> kind(String status) {
    return switch (status) {
      case "sent" -> Optional.of(EvidenceKind.SENT);
      case "delivered" -> Optional.of(EvidenceKind.DELIVERED);
      // A voice message is read by being played.
      case "read", "played" -> Optional.of(EvidenceKind.READ);
      case "failed" -> Optional.of(EvidenceKind.FAILED);
      default -> Optional.empty();
    };
  }

  /** One body being interpreted. */
  private final class Work {
    private final Claimed source;
    private final Reading reading;
    private final List<Traced<Evidence>> evidence = new ArrayList<>();
    private final List<Traced<InboundEvent>> events = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<Happening> happenings = new ArrayList<>();
    private final Map<Unattributed, Integer> unattributed = new LinkedHashMap<>();
    private Map<String, Owner> owners = Map.of();

    private record Unattributed(long workspaceId, long channelId, String reason) {}

    Work(Claimed source, Reading reading) {
      this.source = source;
      this.reading = reading;
    }

    Interpretation interpret() {
      owners = directory.owners(phoneNumberIds());
      for (Element element : reading.elements()) {
        judge(element);
      }
      return new Interpretation(source, evidence, events, counts(), faults, happenings);
    }

    private Set<String> phoneNumberIds() {
      return reading.elements().stream()
          .map(element -> element.origin().phoneNumberId())
          .filter(id -> !id.isEmpty() && id.length() <= 64)
          .collect(Collectors.toSet());
    }

    private void judge(Element element) {
      try {
        switch (element) {
          case Unreadable unreadable ->
              fault(null, unreadable.origin(), unreadable.reason(), unreadable.message());
          case Status status -> judge(status);
          case Inbound inbound -> judge(inbound);
        }
      } catch (HeraldException e) {
        throw e;
      } catch (RuntimeException e) {
        fault(null, element.origin(), "ELEMENT_INVALID", String.valueOf(e.getMessage()));
      }
    }

    private void judge(Status status) {
      Origin origin = status.origin();
      String callback = Json.text(status.node(), "biz_opaque_callback_data");
      if (!(owner(origin) instanceof Owner.Known owner)) {
        ofNobody(origin, callback);
        return;
      }
      if (!maySpeakFor(owner)) {
        foreign(origin);
        return;
      }
      switch (read(callback, owner, origin.phoneNumberId())) {
        case MessageKeyReading.Genuine genuine -> genuine(status, genuine.key(), owner);
        case MessageKeyReading.Foreign foreign -> count(owner, "NO_CALLBACK_DATA");
        case MessageKeyReading.Forged forged -> count(owner, "BAD_MAC");
      }
    }

    // A number that has just changed hands would make good keys look forged: look once more.
    private MessageKeyReading read(String callback, Owner.Known owner, String phoneNumberId) {
      MessageKeyReading reading = keys.read(callback, owner.workspaceId(), phoneNumberId);
      if (!(reading instanceof MessageKeyReading.Forged)) {
        return reading;
      }
      directory.forget(phoneNumberId);
      Owner now = directory.owners(Set.of(phoneNumberId)).get(phoneNumberId);
      return now instanceof Owner.Known known && known.workspaceId() != owner.workspaceId()
          ? keys.read(callback, known.workspaceId(), phoneNumberId)
          : reading;
    }

    private void genuine(Status status, MessageKey key, Owner.Known owner) {
      JsonNode node = status.node();
      String word = Json.text(node, "status", 64);
      Optional<EvidenceKind> kind = kind(word);
      if (kind.isEmpty()) {
        count(owner, "UNKNOWN_STATUS");
        fault(
            owner.workspaceId(),
            status.origin(),
            "STATUS_UNKNOWN",
            "Herald does not know the status \"" + word + "\".");
        return;
      }
      Evidence.Builder fact =
          Evidence.newBuilder()
              .setWorkspaceId(owner.workspaceId())
              .setCampaignId(key.campaign())
              .setOrdinal(Math.toIntExact(key.ordinal()))
              .setKind(kind.get())
              .setTime(Json.time(node, "timestamp", source.receiveTime()))
              .setCountry(key.country())
              .setLot(key.lot());
      if (kind.get() == EvidenceKind.FAILED) {
        Failure failure = failure(node.path("errors").path(0));
        fact.setFailure(failure);
        if (failure.getCode() == STOPPED_MARKETING) {
          events.add(
              new Traced<>(
                  unwanted(status.origin(), fact), source, status.origin(), owner.workspaceId()));
        }
      }
      Traced<Evidence> traced =
          new Traced<>(fact.build(), source, status.origin(), owner.workspaceId());
      evidence.add(traced);
      happenings.add(
          new Happening.StatusReported(
              traced,
              owner.channelId(),
              Json.text(node, "recipient_id", MAX_PHONE),
              Json.text(node, "id", MAX_WAMID)));
    }

    // Campaigns must not write to this person again.
    private InboundEvent unwanted(Origin origin, Evidence.Builder fact) {
      return InboundEvent.newBuilder()
          .setPhoneNumberId(origin.phoneNumberId())
          .setTime(fact.getTime())
          .setUnwanted(
              UnwantedMessage.newBuilder()
                  .setCampaignId(fact.getCampaignId())
                  .setOrdinal(fact.getOrdinal()))
          .build();
    }

    private void judge(Inbound inbound) {
      Origin origin = inbound.origin();
      if (origin.phoneNumberId().isEmpty()) {
        judgeAccountUpdate(inbound);
      } else if (!(owner(origin) instanceof Owner.Known owner)) {
        nobodys.increment();
      } else if (!maySpeakFor(owner)) {
        foreign(origin);
      } else {
        Traced<InboundEvent> traced =
            new Traced<>(inbound.event(), source, origin, owner.workspaceId());
        events.add(traced);
        if (inbound.event().hasMessage()) {
          happenings.add(new Happening.MessageReceived(traced, owner.channelId()));
        }
      }
    }

    // Updates of templates and accounts name no number, only the account.
    private void judgeAccountUpdate(Inbound inbound) {
      Optional<ChannelSecret> own = secrets.find(source.channelId());
      boolean allowed =
          source.channelId() == 0
              || own.filter(secret -> secret.wabaId().equals(inbound.origin().wabaId()))
                  .isPresent();
      if (allowed) {
        long workspace = own.map(ChannelSecret::workspaceId).orElse(0L);
        events.add(new Traced<>(inbound.event(), source, inbound.origin(), workspace));
      } else {
        foreign(inbound.origin());
      }
    }

    private Owner owner(Origin origin) {
      return Objects.requireNonNullElse(owners.get(origin.phoneNumberId()), new Owner.Nobody());
    }

    // The operator's app speaks for all numbers; an app of a workspace only for that workspace's
    // own.
    private boolean maySpeakFor(Owner.Known owner) {
      if (source.channelId() == 0 || source.channelId() == owner.channelId()) {
        return true;
      }
      return owner.ownApp()
          && secrets
              .find(source.channelId())
              .filter(secret -> secret.workspaceId() == owner.workspaceId())
              .isPresent();
    }

    private void ofNobody(Origin origin, String callback) {
      nobodys.increment();
      if (callback.startsWith(OUR_KEYS)) {
        fault(
            null,
            origin,
            "CHANNEL_UNKNOWN",
            "The status carries one of our keys, but its number belongs to no channel.");
      }
    }

    private void foreign(Origin origin) {
      long workspace = secrets.find(source.channelId()).map(ChannelSecret::workspaceId).orElse(0L);
      fault(
          workspace == 0 ? null : workspace,
          origin,
          "FOREIGN_NUMBER",
          "The app that signed this may not speak for this number or account.");
    }

    private void count(Owner.Known owner, String reason) {
      unattributed.merge(
          new Unattributed(owner.workspaceId(), owner.channelId(), reason), 1, Integer::sum);
    }

    private List<UnattributedCount> counts() {
      return unattributed.entrySet().stream()
          .map(
              entry ->
                  UnattributedCount.newBuilder()
                      .setWorkspaceId(entry.getKey().workspaceId())
                      .setChannelId(entry.getKey().channelId())
                      .setReason(entry.getKey().reason())
                      .setCount(entry.getValue())
                      .setTime(Timestamps.fromMillis(source.receiveTime().toEpochMilli()))
                      .build())
          .toList();
    }

    private void fault(@Nullable Long workspace, Origin origin, String reason, String message) {
      faults.add(
          new Fault(
              workspace,
              source.id(),
              source.channelId(),
              source.receiveTime(),
              origin.path(),
              reason,
              message,
              origin.envelope().body()));
    }
  }

  private static Failure failure(JsonNode error) {
    String details = Json.text(error.path("error_data"), "details", MAX_DETAILS);
    return Failure.newBuilder()
        .setCode(Json.integer(error, "code"))
        .setTitle(Json.text(error, "title", MAX_TITLE))
        .setDetails(details.isEmpty() ? Json.text(error, "message", MAX_DETAILS) : details)
        .build();
  }
}
