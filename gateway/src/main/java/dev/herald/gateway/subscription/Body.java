package dev.herald.gateway.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Locale;

/** Writes the body of a delivery in the form that the subscription asks for. */
final class Body {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Body() {}

  static String write(Subscription subscription, Delivery delivery) {
    return switch (subscription.format()) {
      case HERALD -> herald(subscription, delivery).toString();
      case AISENSY -> aisensy(subscription, delivery).toString();
    };
  }

  private static ObjectNode herald(Subscription subscription, Delivery delivery) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("id", delivery.eventId().toString())
            .put("type", delivery.eventType().dotted())
            .put("workspaceId", Long.toString(subscription.workspaceId()))
            .put("time", delivery.eventTime().toString());
    body.set("data", data(delivery));
    return body;
  }

  // The names and the shape are AiSensy's; what we do not know stays away or empty.
  private static ObjectNode aisensy(Subscription subscription, Delivery delivery) {
    String project = Long.toString(subscription.workspaceId());
    ObjectNode body =
        JSON.createObjectNode()
            .put("id", delivery.eventId().toString())
            .put("created_at", delivery.eventTime().toString())
            .put("topic", topic(delivery.eventType()))
            .put("delivery_attempt", delivery.attempts())
            .put("app_id", "herald")
            .put("webhook_id", Long.toString(subscription.id()))
            .put("project_id", project);
    JsonNode data = data(delivery);
    ObjectNode message = body.putObject("data").putObject("message");
    message
        .put("type", "message")
        .put("id", text(data, "messageId", text(data, "wamid", delivery.eventId().toString())))
        .put("project_id", project)
        .put("phone_number", text(data, "phone", "").replace("+", ""))
        .put("messageId", text(data, "wamid", ""));
    if (delivery.eventType() == EventKind.MESSAGE_RECEIVED) {
      received(message, data, delivery.eventTime());
    } else {
      status(message, data, delivery);
    }
    return body;
  }

  private static void received(ObjectNode message, JsonNode data, Instant time) {
    message
        .put("sender", "USER")
        .put("message_type", text(data, "messageType", "").toUpperCase(Locale.ROOT))
        .put("is_HSM", false)
        .put("sent_at", time.toEpochMilli());
    message.putObject("message_content").put("text", text(data, "text", ""));
  }

  private static void status(ObjectNode message, JsonNode data, Delivery delivery) {
    String status = text(data, "status", "").toUpperCase(Locale.ROOT);
    message.put("sender", "API").put("is_HSM", true).put("status", status);
    message.putObject("campaign").put("id", text(data, "campaignId", ""));
    if (!status.isEmpty()) {
      message.put(status.toLowerCase(Locale.ROOT) + "_at", delivery.eventTime().toEpochMilli());
    }
    JsonNode failure = data.path("failure");
    if (failure.isObject()) {
      message
          .putObject("failureResponse")
          .put("code", failure.path("code").asInt())
          .put("reason", text(failure, "title", text(failure, "details", "")));
    }
  }

  private static String topic(EventKind kind) {
    return switch (kind) {
      case MESSAGE_RECEIVED -> "message.sender.user";
      case MESSAGE_SENT, MESSAGE_DELIVERED, MESSAGE_READ, MESSAGE_FAILED ->
          "message.status.updated";
      case CAMPAIGN_STATUS_CHANGED, ALERT_RAISED, TEST -> kind.dotted();
    };
  }

  private static JsonNode data(Delivery delivery) {
    try {
      return JSON.readTree(delivery.data());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored event is no JSON", e);
    }
  }

  private static String text(JsonNode object, String field, String otherwise) {
    String text = object.path(field).asText("");
    return text.isEmpty() ? otherwise : text;
  }
}
