package dev.herald.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateStatus;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Changes what Meta, the persons and the network do. */
final class StageEndpoint {
  private final Controls controls;
  private final Directory directory;

  StageEndpoint(Controls controls) {
    this.controls = controls;
    this.directory = controls.directory();
  }

  static ObjectNode settings(Scenario scenario) {
    ObjectNode json = Json.object();
    scenario.settings().forEach(json::put);
    return json;
  }

  JsonNode changeScenario(JsonNode body) {
    Map<String, String> settings = new TreeMap<>();
    body.properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    return settings(controls.change(scenario -> scenario.with(settings)));
  }

  JsonNode replaceScenario(JsonNode body) {
    String name = Parameters.required(body, "preset");
    Scenario preset =
        switch (name) {
          case "realistic" -> Scenario.realistic();
          case "smooth" -> Scenario.smooth();
          default -> throw new IllegalArgumentException("preset must be realistic or smooth");
        };
    return settings(controls.change(old -> preset));
  }

  /** Orders errors for coming sends. */
  JsonNode refuse(JsonNode body) {
    int code = body.path("code").asInt(-1);
    ErrorCode error =
        ErrorCode.of(code)
            .orElseThrow(
                () -> new IllegalArgumentException("the simulator does not know code " + code));
    String id = Parameters.optional(body, "phone_number_id");
    if (id != null) {
      var _ = Parameters.phoneNumber(directory, id);
    }
    long times = body.hasNonNull("times") ? body.path("times").asLong() : Long.MAX_VALUE;
    if (times < 1) {
      throw new IllegalArgumentException("times must be 1 or more");
    }
    controls.cloudApi().refusals().add(error, id, times);
    return done();
  }

  JsonNode stopRefusing() {
    controls.cloudApi().refusals().clear();
    return done();
  }

  JsonNode inbound(JsonNode body) {
    Message answered = answered(body);
    PhoneNumber number =
        answered == null
            ? Parameters.phoneNumber(directory, Parameters.optional(body, "phone_number_id"))
            : answered.number();
    long from =
        answered == null ? Parameters.digits(Parameters.required(body, "from")) : answered.to();
    String wamid = answered == null ? Parameters.optional(body, "context_wamid") : answered.wamid();
    if (body.path("message").isObject()) {
      controls.inbound(number, from, body.path("message").deepCopy());
    } else if (body.path("button").isObject()) {
      String text = Parameters.required(body.path("button"), "text");
      if (wamid == null) {
        throw new IllegalArgumentException(
            "a tap answers a message: give callback_data or context_wamid");
      }
      controls.tap(number, from, body.path("button").path("payload").asText(text), text, wamid);
    } else {
      boolean quotes = body.path("quote").asBoolean(true);
      controls.text(number, from, Parameters.required(body, "text"), quotes ? wamid : null);
    }
    return done();
  }

  /** The message the person answers, named by callback data. */
  private @Nullable Message answered(JsonNode body) {
    String callback = Parameters.optional(body, "callback_data");
    if (callback == null) {
      return null;
    }
    List<Message> found = controls.journal().messages(Query.callback(callback), 0, 1);
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no message has this callback_data");
    }
    return found.getFirst();
  }

  JsonNode preference(JsonNode body) {
    PhoneNumber number =
        Parameters.phoneNumber(directory, Parameters.optional(body, "phone_number_id"));
    boolean stop =
        switch (Parameters.required(body, "value")) {
          case "stop" -> true;
          case "resume" -> false;
          default -> throw new IllegalArgumentException("value must be stop or resume");
        };
    controls.marketing(number, Parameters.digits(Parameters.required(body, "from")), stop);
    return done();
  }

  JsonNode templates() {
    ArrayNode array = Json.array();
    for (BusinessAccount account : directory.accounts()) {
      account
          .templates()
          .all()
          .forEach(template -> array.add(template.json().put("business_account_id", account.id())));
    }
    return array;
  }

  JsonNode defineTemplates(JsonNode body) {
    BusinessAccount account = account(body);
    ArrayNode array = Json.array();
    account
        .templates()
        .define(body.path("templates"))
        .forEach(template -> array.add(template.json()));
    return array;
  }

  JsonNode templateStatus(JsonNode body) {
    TemplateStatus status =
        TemplateStatus.valueOf(Parameters.required(body, "status").toUpperCase(Locale.ROOT));
    return controls
        .templateStatus(
            account(body),
            Parameters.required(body, "name"),
            Parameters.required(body, "language"),
            status,
            body.path("reason").asText("NONE"))
        .map(Template::json)
        .orElseThrow(() -> new IllegalArgumentException("there is no such template"));
  }

  JsonNode templateCategory(JsonNode body) {
    MessageKind category =
        MessageKind.valueOf(Parameters.required(body, "category").toUpperCase(Locale.ROOT));
    BusinessAccount account = account(body);
    String name = Parameters.required(body, "name");
    String language = Parameters.required(body, "language");
    if (body.path("announce").asBoolean()) {
      Template template =
          account
              .templates()
              .find(name, language)
              .orElseThrow(() -> new IllegalArgumentException("there is no such template"));
      controls.announceTemplateCategory(account, template, category);
      return template.json();
    }
    return controls
        .templateCategory(account, name, language, category)
        .map(Template::json)
        .orElseThrow(() -> new IllegalArgumentException("there is no such template"));
  }

  JsonNode accountEvent(JsonNode body) {
    controls.tell(account(body), Parameters.required(body, "field"), body.path("value"));
    return done();
  }

  private BusinessAccount account(JsonNode body) {
    String id = Parameters.optional(body, "business_account_id");
    if (id == null) {
      return directory.accounts().iterator().next();
    }
    return directory
        .account(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no business account " + id));
  }

  JsonNode phoneNumbers() {
    ArrayNode array = Json.array();
    directory.numbers().forEach(number -> array.add(json(number)));
    return array;
  }

  private static ObjectNode json(PhoneNumber number) {
    return Json.object()
        .put("id", number.id())
        .put("business_account_id", number.account().id())
        .put("display_phone_number", number.display())
        .put("verified_name", number.verifiedName())
        .put("quality_rating", number.quality())
        .put("status", number.status())
        .put("messaging_limit_tier", number.limitTier())
        .put("throughput", number.throughput().perSecond());
  }

  /** Adds a phone number, and its account if that is new. */
  JsonNode addPhoneNumber(JsonNode body) {
    String accountId = Parameters.optional(body, "business_account_id");
    App owner = app(body);
    BusinessAccount account =
        accountId == null
            ? account(body)
            : directory
                .account(accountId)
                .orElseGet(
                    () ->
                        controls.addAccount(
                            accountId,
                            body.path("business_account_name").asText("Simulated business"),
                            body.hasNonNull("app_id") ? Set.of(owner.id()) : Set.of(),
                            Set.of(owner.id())));
    int perSecond = body.path("throughput").asInt(80);
    String digits =
        Long.toString(Parameters.digits(Parameters.required(body, "display_phone_number")));
    PhoneNumber added =
        controls.addNumber(
            Parameters.required(body, "id"),
            account,
            digits,
            body.path("verified_name").asText("Simulated business"),
            positive(perSecond),
            positive(body.path("throughput_burst").asInt(perSecond)));
    return json(added);
  }

  JsonNode changePhoneNumber(String id, JsonNode body) {
    PhoneNumber number = Parameters.phoneNumber(directory, id);
    if (body.has("throughput")) {
      int perSecond = positive(body.path("throughput").asInt());
      controls.throughput(
          number, perSecond, positive(body.path("throughput_burst").asInt(perSecond)));
    }
    if (body.has("quality_rating")) {
      number.quality(Parameters.required(body, "quality_rating"));
    }
    if (body.has("status")) {
      number.status(Parameters.required(body, "status"));
    }
    if (body.has("messaging_limit_tier")) {
      number.limitTier(Parameters.required(body, "messaging_limit_tier"));
    }
    return json(number);
  }

  private static int positive(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("throughput must be 1 or more");
    }
    return value;
  }

  JsonNode addApp(JsonNode body) {
    App added =
        controls.addApp(
            new App(
                Parameters.required(body, "id"),
                body.path("name").asText("Simulated app"),
                tokens(body),
                Parameters.required(body, "app_secret"),
                Parameters.optional(body, "callback_url"),
                body.path("verify_token").asText()));
    body.path("subscribe_to")
        .forEach(
            id ->
                directory
                    .account(id.asText())
                    .ifPresent(account -> account.subscribers().add(added.id())));
    return Json.object().put("id", added.id());
  }

  /** Changes an app's callback URL, verify token, secret or tokens. */
  JsonNode changeApp(String id, JsonNode body) {
    App app =
        directory.app(id).orElseThrow(() -> new IllegalArgumentException("there is no app " + id));
    if (body.has("app_secret")) {
      app = controls.replace(app.withAppSecret(Parameters.required(body, "app_secret")));
    }
    if (body.has("access_tokens")) {
      app = controls.replace(app.withAccessTokens(tokens(body)));
    }
    if (body.has("callback_url") || body.has("verify_token")) {
      String url =
          body.has("callback_url") ? Parameters.optional(body, "callback_url") : app.callbackUrl();
      app = controls.callback(app, url, body.path("verify_token").asText(app.verifyToken()));
    }
    return Json.object().put("id", app.id()).put("callback_url", app.callbackUrl());
  }

  private static Set<String> tokens(JsonNode body) {
    Set<String> tokens = new TreeSet<>();
    body.path("access_tokens").forEach(token -> tokens.add(token.asText()));
    return tokens;
  }

  private App app(JsonNode body) {
    String id = Parameters.optional(body, "app_id");
    return id == null
        ? directory.appAt(0)
        : directory
            .app(id)
            .orElseThrow(() -> new IllegalArgumentException("there is no app " + id));
  }

  JsonNode webhooks() {
    ObjectNode json = Json.object().put("paused", controls.webhooks().paused());
    json.set("targets", controls.webhooks().json());
    return json;
  }

  /** Posts the request's body as it is, with a right signature unless another one is given. */
  JsonNode post(Map<String, String> query, byte[] body) throws IOException {
    String id = query.get("app_id");
    App app =
        id == null
            ? directory.appAt(0)
            : directory
                .app(id)
                .orElseThrow(() -> new IllegalArgumentException("there is no app " + id));
    try {
      return Json.object().put("http_status", controls.post(app, body, query.get("signature")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  JsonNode replay(Map<String, String> query) {
    Query meant =
        new Query(
            query.get("callback_data"),
            query.get("callback_prefix"),
            query.get("phone_number_id"),
            OptionalLong.empty());
    return Json.object().put("updates", controls.webhooks().replay(meant));
  }

  static ObjectNode done() {
    return Json.object().put("done", true);
  }
}
