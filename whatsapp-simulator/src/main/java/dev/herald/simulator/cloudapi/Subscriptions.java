package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.CallbackOverride;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.webhook.Webhooks;

/** {@code /{waba_id}/subscribed_apps}: which apps are told, and where. */
final class Subscriptions {
  private static final int MOST_URL_CHARACTERS = 200;
  private static final int CALLBACK_REFUSED = 2200;

  private final Directory directory;
  private final Webhooks webhooks;

  Subscriptions(Directory directory, Webhooks webhooks) {
    this.directory = directory;
    this.webhooks = webhooks;
  }

  void list(Exchange exchange, BusinessAccount account) {
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    for (App app : directory.apps()) {
      if (account.subscribers().contains(app.id())) {
        ObjectNode one = data.addObject();
        one.putObject("whatsapp_business_api_data")
            .put("id", app.id())
            .put("link", exchange.origin())
            .put("name", app.name());
        CallbackOverride override = account.overrides().get(app.id());
        if (override != null) {
          one.put("override_callback_uri", override.url());
        }
      }
    }
    GraphAnswers.ok(exchange, answer);
  }

  /**
   * Subscribes the caller's app; without parameters, also takes back its alternate callback URL.
   */
  void subscribe(Exchange exchange, App app, BusinessAccount account, JsonNode body) {
    override(
        app,
        account,
        app.id(),
        body.path("override_callback_uri").asText(),
        body.path("verify_token").asText());
    account.subscribers().add(app.id());
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }

  void unsubscribe(Exchange exchange, App app, BusinessAccount account) {
    account.subscribers().remove(app.id());
    account.overrides().remove(app.id());
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }

  /** Sets an alternate callback URL after a handshake with it; an empty one removes it. */
  void override(App app, BusinessAccount account, String key, String url, String verifyToken) {
    if (url.isEmpty()) {
      account.overrides().remove(key);
      return;
    }
    if (url.length() > MOST_URL_CHARACTERS) {
      throw new GraphException(
          GraphError.parameter("Param override_callback_uri must be at most 200 characters long."));
    }
    webhooks
        .handshake(url, verifyToken)
        .ifPresent(
            problem -> {
              throw new GraphException(
                  new GraphError(
                      400,
                      CALLBACK_REFUSED,
                      null,
                      "OAuthException",
                      "(#2200) Callback verification failed with the following errors: " + problem,
                      null));
            });
    account.overrides().put(key, new CallbackOverride(url, verifyToken));
  }
}
