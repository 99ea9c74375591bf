package dev.herald.gateway.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.gateway.webhook.Element.Envelope;
import dev.herald.gateway.webhook.Element.Inbound;
import dev.herald.gateway.webhook.Element.Origin;
import dev.herald.gateway.webhook.Element.Status;
import dev.herald.gateway.webhook.Element.Unreadable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes a webhook apart into elements. Strict about JSON, tolerant about everything else: unknown
 * fields are passed over, numbers may be texts and texts numbers, and an element that makes no
 * sense leaves the others alone.
 */
final class WebhookReader {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_STRING = 1024 * 1024;
  private static final int MAX_NUMBER = 100;
  private static final int MAX_NAME = 256;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_STRING)
                          .maxNumberLength(MAX_NUMBER)
                          .maxNameLength(MAX_NAME)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private WebhookReader() {}

  /** The body is no JSON we could take apart. */
  static final class UnreadableBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableBodyException(String message) {
      super(message);
    }
  }

  /**
   * The elements of a body.
   *
   * @param ignored how many there were of kinds that Herald has no use for
   */
  record Reading(List<Element> elements, int ignored) {}

  static Reading read(byte[] body, Instant receiveTime) throws UnreadableBodyException {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UnreadableBodyException(firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UnreadableBodyException("It is not UTF-8 text.");
    }
    if (!root.isObject() || !root.path("entry").isArray()) {
      throw new UnreadableBodyException("It has no list of entries.");
    }
    Collector collector = new Collector(root, receiveTime);
    collector.body();
    return new Reading(collector.elements, collector.ignored);
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  /** Walks over one body. */
  private static final class Collector {
    private final JsonNode root;
    private final Instant receiveTime;
    private final List<Element> elements = new ArrayList<>();
    private int ignored;

    Collector(JsonNode root, Instant receiveTime) {
      this.root = root;
      this.receiveTime = receiveTime;
    }

    void body() {
      JsonNode entries = root.get("entry");
      for (int e = 0; e < entries.size(); e++) {
        JsonNode entry = entries.get(e);
        JsonNode changes = entry.path("changes");
        String path = "entry[" + e + "]";
        if (!changes.isArray()) {
          unreadable(
              new Origin(path, "", "", () -> wrap(entry)),
              "ENTRY_INVALID",
              "The entry has no list of changes.");
          continue;
        }
        for (int c = 0; c < changes.size(); c++) {
          change(entry, changes.get(c), path + ".changes[" + c + "]");
        }
      }
    }

    private void change(JsonNode entry, JsonNode change, String path) {
      JsonNode value = change.path("value");
      Context context =
          new Context(
              Json.text(entry, "id"),
              Json.text(change, "field"),
              value,
              Json.text(value.path("metadata"), "phone_number_id"),
              path + ".value");
      if (!value.isObject()) {
        unreadable(context.whole(root), "CHANGE_INVALID", "The change has no value.");
        return;
      }
      switch (context.field()) {
        case "messages" -> {
          each(context, "statuses", this::status);
          each(context, "messages", this::message);
          each(context, "errors", this::error);
        }
        case "user_preferences" -> each(context, "user_preferences", this::preference);
        case "message_template_status_update",
            "message_template_quality_update",
            "message_template_components_update",
            "template_category_update" ->
            inbound(context.whole(root), () -> Updates.template(context, receiveTime));
        case "phone_number_quality_update",
            "phone_number_name_update",
            "account_update",
            "account_review_update",
            "account_alerts",
            "business_capability_update",
            "business_status_update",
            "security" ->
            inbound(context.whole(root), () -> Updates.channel(context, receiveTime));
        default -> ignored++;
      }
    }

    private void each(Context context, String list, ElementReader reader) {
      JsonNode elementsOf = context.value().path(list);
      if (elementsOf.isMissingNode() || elementsOf.isNull()) {
        return;
      }
      if (!elementsOf.isArray()) {
        unreadable(
            context.whole(root), "LIST_EXPECTED", "The value of " + list + " is not a list.");
        return;
      }
      for (int i = 0; i < elementsOf.size(); i++) {
        JsonNode node = elementsOf.get(i);
        Origin origin = context.element(root, list, i, node);
        if (node.isObject()) {
          reader.read(context, origin, node);
        } else {
          unreadable(origin, "OBJECT_EXPECTED", "The element is not an object.");
        }
      }
    }

    private void status(Context context, Origin origin, JsonNode node) {
      elements.add(new Status(origin, node));
    }

    private void message(Context context, Origin origin, JsonNode node) {
      inbound(origin, () -> Updates.message(context, node, receiveTime));
    }

    private void error(Context context, Origin origin, JsonNode node) {
      inbound(origin, () -> Updates.error(context, node, receiveTime));
    }

    private void preference(Context context, Origin origin, JsonNode node) {
      inbound(origin, () -> Updates.preference(context, node, receiveTime));
    }

    private void inbound(Origin origin, Supplier<InboundEvent> event) {
      try {
        elements.add(new Inbound(origin, event.get()));
      } catch (RuntimeException e) {
        unreadable(origin, "ELEMENT_INVALID", String.valueOf(e.getMessage()));
      }
    }

    private void unreadable(Origin origin, String reason, String message) {
      elements.add(new Unreadable(origin, reason, message));
    }

    private byte[] wrap(JsonNode entry) {
      return Context.bodyOf(root, entry);
    }
  }

  private interface ElementReader {
    void read(Context context, Origin origin, JsonNode node);
  }

  /** What stands around the elements of one change. */
  record Context(String wabaId, String field, JsonNode value, String phoneNumberId, String path) {

    Origin whole(JsonNode root) {
      return new Origin(path, wabaId, phoneNumberId, () -> bodyWith(root, Function.identity()));
    }

    Origin element(JsonNode root, String list, int index, JsonNode node) {
      Envelope envelope =
          () ->
              bodyWith(
                  root,
                  valueCopy -> {
                    valueCopy.remove(List.of("statuses", "messages", "errors", "user_preferences"));
                    valueCopy.putArray(list).add(node);
                    return valueCopy;
                  });
      return new Origin(path + "." + list + "[" + index + "]", wabaId, phoneNumberId, envelope);
    }

    // A body as WhatsApp would have sent it with this one element.
    private byte[] bodyWith(JsonNode root, Function<ObjectNode, ObjectNode> change) {
      ObjectNode entry = JSON.createObjectNode().put("id", wabaId);
      ObjectNode changeNode = entry.putArray("changes").addObject().put("field", field);
      if (value instanceof ObjectNode object) {
        ObjectNode copy = JSON.createObjectNode();
        copy.setAll(object);
        changeNode.set("value", change.apply(copy));
      } else {
        changeNode.set("value", value);
      }
      return bodyOf(root, entry);
    }

    static byte[] bodyOf(JsonNode root, JsonNode entry) {
      ObjectNode body = JSON.createObjectNode().put("object", Json.text(root, "object"));
      body.putArray("entry").add(entry);
      return body.toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
