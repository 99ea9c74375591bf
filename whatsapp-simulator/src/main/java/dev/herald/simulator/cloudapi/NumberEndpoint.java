package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.CallbackOverride;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import java.util.List;

/** {@code /{phone_number_id}} and {@code /{waba_id}/phone_numbers}. */
final class NumberEndpoint {
  private static final String NODE = "WhatsAppBusinessPhoneNumber";
  private static final int STANDARD_THROUGHPUT = 80;
  private static final List<String> DEFAULT_FIELDS =
      List.of(
          "verified_name",
          "code_verification_status",
          "display_phone_number",
          "quality_rating",
          "platform_type",
          "throughput",
          "webhook_configuration");

  private final Directory directory;
  private final Subscriptions subscriptions;

  NumberEndpoint(Directory directory, Subscriptions subscriptions) {
    this.directory = directory;
    this.subscriptions = subscriptions;
  }

  void get(Exchange exchange, App app, PhoneNumber number) {
    Fields fields = Fields.of(exchange.query().get("fields"));
    GraphAnswers.ok(exchange, fields.of(json(app, number), NODE, DEFAULT_FIELDS));
  }

  void list(Exchange exchange, App app, BusinessAccount account) {
    Fields fields = Fields.of(exchange.query().get("fields"));
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    directory.numbers().stream()
        .filter(number -> number.account().equals(account))
        .forEach(number -> data.add(fields.of(json(app, number), NODE, DEFAULT_FIELDS)));
    GraphAnswers.ok(exchange, answer);
  }

  /** Sets or removes the number's alternate callback URL. */
  void configure(Exchange exchange, App app, PhoneNumber number, JsonNode body) {
    JsonNode configuration = body.path("webhook_configuration");
    subscriptions.override(
        app,
        number.account(),
        app.id() + "/" + number.id(),
        configuration.path("override_callback_uri").asText(),
        configuration.path("verify_token").asText());
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }

  private static ObjectNode json(App app, PhoneNumber number) {
    ObjectNode json = Json.object();
    json.put("id", number.id());
    json.put("verified_name", number.verifiedName());
    json.put("display_phone_number", number.display());
    json.put("code_verification_status", "VERIFIED");
    json.put("quality_rating", number.quality());
    json.put("platform_type", "CLOUD_API");
    json.putObject("throughput")
        .put("level", number.throughput().perSecond() > STANDARD_THROUGHPUT ? "HIGH" : "STANDARD");
    json.put("status", number.status());
    json.put("name_status", "APPROVED");
    json.put("account_mode", "LIVE");
    json.put("messaging_limit_tier", number.limitTier());
    json.put("whatsapp_business_manager_messaging_limit", number.limitTier());
    json.put("is_official_business_account", false);
    ObjectNode webhook = json.putObject("webhook_configuration");
    CallbackOverride ofNumber = number.account().overrides().get(app.id() + "/" + number.id());
    CallbackOverride ofAccount = number.account().overrides().get(app.id());
    if (ofNumber != null) {
      webhook.put("phone_number", ofNumber.url());
    }
    if (ofAccount != null) {
      webhook.put("whatsapp_business_account", ofAccount.url());
    }
    if (app.callbackUrl() != null) {
      webhook.put("application", app.callbackUrl());
    }
    return json;
  }
}
