package dev.herald.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.campaign.v1.ChannelUpdate;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.TemplateUpdate;
import dev.herald.campaign.v1.UserPreference;
import dev.herald.gateway.webhook.WebhookReader.Context;
import java.time.Instant;

/** Reads everything but statuses: messages, preferences, templates, numbers and accounts. */
final class Updates {
  private static final int MAX_TEXT = 4096;
  private static final int MAX_NAME = 256;
  private static final int MAX_DETAILS = 1000;

  private Updates() {}

  /** A person wrote to us. */
  static InboundEvent message(Context context, JsonNode message, Instant receiveTime) {
    JsonNode contact = contact(context.value(), message);
    String type = Json.text(message, "type", 64);
    InboundMessage.Builder inbound =
        InboundMessage.newBuilder()
            .setFrom(Json.text(message, "from", 64))
            .setWamid(Json.text(message, "id", 512))
            .setUserId(userId(message, contact))
            .setProfileName(Json.text(contact.path("profile"), "name", MAX_NAME))
            .setType(type)
            .setContextWamid(Json.text(message.path("context"), "id", 512));
    words(inbound, message, type);
    if (inbound.getWamid().isEmpty()) {
      throw new IllegalArgumentException("The message has no id.");
    }
    return event(context, message, receiveTime).setMessage(inbound).build();
  }

  private static void words(InboundMessage.Builder inbound, JsonNode message, String type) {
    JsonNode content = message.path(type);
    switch (type) {
      case "text" -> inbound.setText(Json.text(content, "body", MAX_TEXT));
      case "button" ->
          inbound
              .setText(Json.text(content, "text", MAX_TEXT))
              .setPayload(Json.text(content, "payload", MAX_TEXT));
      case "interactive" -> {
        JsonNode reply =
            content.has("button_reply") ? content.get("button_reply") : content.path("list_reply");
        inbound
            .setText(Json.text(reply, "title", MAX_TEXT))
            .setPayload(Json.text(reply, "id", MAX_TEXT));
      }
      case "reaction" ->
          inbound
              .setText(Json.text(content, "emoji", MAX_TEXT))
              .setContextWamid(Json.text(content, "message_id", 512));
      case "system" -> inbound.setText(Json.text(content, "body", MAX_TEXT));
      default -> inbound.setText(Json.text(content, "caption", MAX_TEXT));
    }
  }

  /** A person stopped or resumed marketing messages. */
  static InboundEvent preference(Context context, JsonNode preference, Instant receiveTime) {
    UserPreference wish =
        UserPreference.newBuilder()
            .setFrom(Json.text(preference, "wa_id", 64))
            .setValue(Json.text(preference, "value", 64))
            .setCategory(Json.text(preference, "category", 64))
            .build();
    return event(context, preference, receiveTime).setPreference(wish).build();
  }

  static InboundEvent template(Context context, Instant receiveTime) {
    JsonNode value = context.value();
    String reason = Json.text(value, "reason", MAX_DETAILS);
    TemplateUpdate update =
        TemplateUpdate.newBuilder()
            .setWhatsappId(Json.text(value, "message_template_id", 64))
            .setName(Json.text(value, "message_template_name", 512))
            .setLanguage(Json.text(value, "message_template_language", 32))
            .setEvent(Json.text(value, "event", 64))
            .setReason(
                reason.isEmpty()
                    ? Json.text(value.path("rejection_info"), "reason", MAX_DETAILS)
                    : reason)
            .setNewCategory(
                context.field().equals("template_category_update")
                    ? Json.text(value, "new_category", 64)
                    : "")
            .setNewQuality(Json.text(value, "new_quality_score", 64))
            .build();
    return event(context, value, receiveTime).setTemplate(update).build();
  }

  static InboundEvent channel(Context context, Instant receiveTime) {
    JsonNode value = context.value();
    String tier = Json.text(value, "max_daily_conversations_per_business", 64);
    String event = Json.text(value, "event", 64);
    ChannelUpdate update =
        ChannelUpdate.newBuilder()
            .setField(context.field())
            .setEvent(event.isEmpty() ? Json.text(value, "decision", 64) : event)
            .setQualityRating(Json.text(value, "quality_rating", 64))
            .setMessagingLimitTier(
                tier.isEmpty() ? Json.text(value, "max_daily_conversation_per_phone", 64) : tier)
            .setDetails(Json.shortened(value.toString().replace("\0", ""), MAX_DETAILS))
            .build();
    return event(context, value, receiveTime).setChannel(update).build();
  }

  /** An error WhatsApp reports about the number itself, not about a message. */
  static InboundEvent error(Context context, JsonNode error, Instant receiveTime) {
    ChannelUpdate update =
        ChannelUpdate.newBuilder()
            .setField("errors")
            .setEvent(Json.text(error, "code", 64))
            .setDetails(
                Json.shortened(
                    Json.text(error, "title")
                        + ": "
                        + Json.text(error.path("error_data"), "details"),
                    MAX_DETAILS))
            .build();
    return event(context, error, receiveTime).setChannel(update).build();
  }

  private static InboundEvent.Builder event(Context context, JsonNode timed, Instant receiveTime) {
    return InboundEvent.newBuilder()
        .setPhoneNumberId(context.phoneNumberId())
        .setWabaId(context.wabaId())
        .setTime(Json.time(timed, "timestamp", receiveTime));
  }

  // The contact who wrote; one alone is it, also when the number is hidden.
  private static JsonNode contact(JsonNode value, JsonNode message) {
    JsonNode contacts = value.path("contacts");
    String from = Json.text(message, "from");
    for (JsonNode contact : contacts) {
      if (!from.isEmpty() && Json.text(contact, "wa_id").equals(from)) {
        return contact;
      }
    }
    return contacts.size() == 1 ? contacts.get(0) : value.path("no contact");
  }

  private static String userId(JsonNode message, JsonNode contact) {
    String own = Json.text(message, "from_user_id", 200);
    return own.isEmpty() ? Json.text(contact, "user_id", 200) : own;
  }
}
