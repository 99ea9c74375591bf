package dev.herald.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.MagicNumber;
import java.io.IOException;

/** {@code /simulator/…}: the simulator's own interface, which Meta's API does not have. */
public final class ControlApi {
  public static final String PREFIX = "/simulator";

  private static final int MOST_BODY_BYTES = 16 << 20;

  private final Controls controls;
  private final JournalEndpoint journal;
  private final StageEndpoint stage;

  public ControlApi(Controls controls) {
    this.controls = controls;
    this.journal = new JournalEndpoint(controls);
    this.stage = new StageEndpoint(controls);
  }

  public void handle(Exchange exchange) throws IOException {
    try {
      route(exchange);
    } catch (IllegalArgumentException e) {
      exchange.answer(400, Json.object().put("error", String.valueOf(e.getMessage())));
    }
  }

  private void route(Exchange exchange) throws IOException {
    String path = exchange.path().substring(PREFIX.length());
    String call = exchange.method() + " " + path;
    if (call.equals("GET /messages.ndjson")) {
      journal.stream(exchange);
      return;
    }
    if (call.equals("POST /webhooks/post")) {
      exchange.answer(200, stage.post(exchange.query(), bytes(exchange)));
      return;
    }
    JsonNode answer =
        switch (call) {
          case "GET ", "GET /" -> overview();
          case "GET /summary" -> journal.summary(exchange.query());
          case "GET /messages" -> journal.messages(exchange.query());
          case "GET /repeated" -> journal.repeated();
          case "GET /rate" -> journal.rate(exchange.query());
          case "GET /requests" -> journal.requests(exchange.query());
          case "GET /quiet" -> journal.quiet(exchange);
          case "POST /reset" -> reset();
          case "GET /scenario" -> StageEndpoint.settings(controls.scenario());
          case "PATCH /scenario" -> stage.changeScenario(body(exchange));
          case "PUT /scenario" -> stage.replaceScenario(body(exchange));
          case "POST /refusals" -> stage.refuse(body(exchange));
          case "DELETE /refusals" -> stage.stopRefusing();
          case "POST /inbound" -> stage.inbound(body(exchange));
          case "POST /preferences" -> stage.preference(body(exchange));
          case "GET /templates" -> stage.templates();
          case "POST /templates" -> stage.defineTemplates(body(exchange));
          case "POST /templates/status" -> stage.templateStatus(body(exchange));
          case "POST /templates/category" -> stage.templateCategory(body(exchange));
          case "POST /account-events" -> stage.accountEvent(body(exchange));
          case "GET /phone-numbers" -> stage.phoneNumbers();
          case "POST /phone-numbers" -> stage.addPhoneNumber(body(exchange));
          case "POST /apps" -> stage.addApp(body(exchange));
          case "GET /webhooks" -> stage.webhooks();
          case "POST /webhooks/pause" -> pause(true);
          case "POST /webhooks/resume" -> pause(false);
          case "POST /webhooks/replay" -> stage.replay(exchange.query());
          case "POST /fast-forward" -> fastForward();
          default -> item(exchange, path);
        };
    exchange.answer(answer.isMissingNode() ? 404 : 200, answer);
  }

  private JsonNode item(Exchange exchange, String path) throws IOException {
    if (exchange.method().equals("PATCH") && path.startsWith("/phone-numbers/")) {
      return stage.changePhoneNumber(path.substring("/phone-numbers/".length()), body(exchange));
    }
    if (exchange.method().equals("PATCH") && path.startsWith("/apps/")) {
      return stage.changeApp(path.substring("/apps/".length()), body(exchange));
    }
    throw new IllegalArgumentException(
        "the simulator has no " + exchange.method() + " " + exchange.path());
  }

  private JsonNode overview() {
    ObjectNode json = Json.object();
    json.put("what", "A simulated WhatsApp Cloud API. No message reaches a real person.");
    json.set("phone_numbers", stage.phoneNumbers());
    json.set("webhooks", stage.webhooks());
    json.put("accepted", controls.journal().accepted());
    json.put("outstanding_updates", controls.webhooks().outstanding());
    ObjectNode magic = json.putObject("magic_numbers");
    for (MagicNumber number : MagicNumber.values()) {
      magic.put("…" + number.digits(), number.meaning());
    }
    return json;
  }

  private JsonNode reset() {
    controls.reset();
    return StageEndpoint.done();
  }

  private JsonNode pause(boolean pause) {
    if (pause) {
      controls.webhooks().pause();
    } else {
      controls.webhooks().resume();
    }
    return stage.webhooks();
  }

  private JsonNode fastForward() {
    controls.webhooks().fastForward();
    return StageEndpoint.done();
  }

  private static byte[] bytes(Exchange exchange) throws IOException {
    return exchange
        .body(MOST_BODY_BYTES)
        .orElseThrow(() -> new IllegalArgumentException("the body is longer than 16 MiB"));
  }

  private static JsonNode body(Exchange exchange) throws IOException {
    byte[] bytes = bytes(exchange);
    if (bytes.length == 0) {
      return Json.object();
    }
    try {
      return Json.parse(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException("the body is not JSON", e);
    }
  }
}
