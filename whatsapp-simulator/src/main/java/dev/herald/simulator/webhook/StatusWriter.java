package dev.herald.simulator.webhook;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.herald.simulator.account.WaIds;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import java.io.IOException;

/** Writes one element of {@code statuses}: what became of a message we were sent. */
final class StatusWriter {
  private static final int FIRST_VERSION_WITHOUT_CONVERSATION = 24;
  private static final long DAY = 86_400;
  private static final String ERROR_PAGE =
      "/documentation/business-messaging/whatsapp/support/error-codes";

  private final Scenario scenario;
  private final JsonGenerator json;

  StatusWriter(Scenario scenario, JsonGenerator json) {
    this.scenario = scenario;
    this.json = json;
  }

  void write(Message message, Update update, long happenedAt) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", message.wamid());
    json.writeStringField("status", update.key());
    json.writeStringField("timestamp", Long.toString(Envelope.seconds(happenedAt)));
    if (!scenario.hidesNumber(message.waId())) {
      json.writeStringField("recipient_id", Long.toString(message.waId()));
    }
    json.writeStringField(
        "recipient_user_id", WaIds.userId(message.number().account(), message.waId()));
    if (message.callbackData() != null) {
      json.writeStringField("biz_opaque_callback_data", message.callbackData());
    }
    if (update == Update.FAILED) {
      errors(message.failureCode());
    } else if (carriesPricing(message, update)) {
      if (scenario.count(Knob.WEBHOOK_VERSION) < FIRST_VERSION_WITHOUT_CONVERSATION) {
        conversation(message, update, happenedAt);
      }
      pricing(message);
    }
    json.writeEndObject();
  }

  /** With sent, and with one of delivered and read. */
  private static boolean carriesPricing(Message message, Update update) {
    return update == Update.SENT
        || update == Update.DELIVERED
        || (update == Update.READ && !message.planned().contains(Update.DELIVERED));
  }

  private void pricing(Message message) throws IOException {
    json.writeObjectFieldStart("pricing");
    json.writeBooleanField("billable", !message.freeOfCharge());
    json.writeStringField("pricing_model", "PMP");
    json.writeStringField("type", message.freeOfCharge() ? "free_customer_service" : "regular");
    json.writeStringField("category", message.kind().key());
    json.writeEndObject();
  }

  private void conversation(Message message, Update update, long happenedAt) throws IOException {
    json.writeObjectFieldStart("conversation");
    json.writeStringField(
        "id", "%016x%016x".formatted(message.id() * 0x9E3779B97F4A7C15L, message.waId() * 31));
    if (update == Update.SENT) {
      json.writeStringField(
          "expiration_timestamp", Long.toString(Envelope.seconds(happenedAt) + DAY));
    }
    json.writeObjectFieldStart("origin");
    json.writeStringField(
        "type", message.kind() == MessageKind.SERVICE ? "service" : message.kind().key());
    json.writeEndObject();
    json.writeEndObject();
  }

  private void errors(int code) throws IOException {
    ErrorCode error = ErrorCode.of(code).orElse(ErrorCode.SOMETHING_WENT_WRONG);
    json.writeArrayFieldStart("errors");
    json.writeStartObject();
    json.writeNumberField("code", error.code());
    json.writeStringField("title", error.title());
    json.writeStringField("message", error.title());
    json.writeObjectFieldStart("error_data");
    json.writeStringField("details", error.details());
    json.writeEndObject();
    json.writeStringField("href", ERROR_PAGE);
    json.writeEndObject();
    json.writeEndArray();
  }
}
