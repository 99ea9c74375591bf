package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A Herald for tests: free ports, a folder of its own, a quick and untidy WhatsApp. */
final class Stage implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Statuses within a second, a third of them twice, half of them out of order. */
  static final Map<String, String> UNTIDY =
      Map.of(
          "HERALD_SIMULATOR_TIME_SCALE", "0.05",
          "HERALD_SIMULATOR_ANSWER_LATENCY", "5ms",
          "HERALD_SIMULATOR_DUPLICATE_RATE", "0.3",
          "HERALD_SIMULATOR_DUPLICATE_POST_RATE", "0.1",
          "HERALD_SIMULATOR_REORDER_RATE", "0.5",
          "HERALD_SIMULATOR_CONTRADICTION_RATE", "0.01",
          "HERALD_SIMULATOR_WEBHOOK_BATCH_SIZE", "200");

  private final Herald herald;
  private final Api api;
  private String marketingTemplateId = "";
  private int invited;

  private Stage(Herald herald) {
    this.herald = herald;
    this.api = new Api(herald.address(), herald.apiKey());
  }

  static Stage open(Path folder) {
    return open(folder, Map.of());
  }

  static Stage open(Path folder, Map<String, String> overrides) {
    Map<String, String> all = new HashMap<>(UNTIDY);
    all.putAll(overrides);
    Herald herald = Herald.start(new StandaloneConfig(folder, 0, 0, 0, 0, 0, "", all));
    herald.prepareFirstLook();
    return new Stage(herald);
  }

  Herald herald() {
    return herald;
  }

  Api api() {
    return api;
  }

  void channelRate(int perSecond) {
    api.patch("channels/" + channelId(), Map.of("rate", perSecond));
  }

  String channelId() {
    return api.get("channels").path("channels").get(0).path("id").asText();
  }

  String marketingTemplateId() {
    if (marketingTemplateId.isEmpty()) {
      JsonNode first = api.get("campaigns?text=First+look").path("campaigns").path(0);
      marketingTemplateId = first.path("content").path("template").path("templateId").asText();
      assertThat(marketingTemplateId).as("template of the first-look campaign").isNotEmpty();
    }
    return marketingTemplateId;
  }

  /** A new person of the workspace; the link signs in once. */
  URI invite(String role) {
    String name = role.charAt(0) + role.substring(1).toLowerCase(Locale.ROOT);
    JsonNode answer =
        api.post(
            "users",
            Map.of("email", name + "-" + ++invited + "@example.org", "name", name, "role", role));
    return URI.create(answer.path("signInLink").asText());
  }

  /** A draft with this many valid recipients. */
  String draft(String name, int recipients) {
    String id = campaign(name, "BROADCAST");
    JsonNode imported =
        api.postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(csv(recipients)));
    assertThat(imported.path("accepted").asInt()).isEqualTo(recipients);
    return id;
  }

  /** A draft without recipients. */
  String campaign(String name, String type) {
    return api.post(
            "campaigns",
            Map.of(
                "name",
                name,
                "type",
                type,
                "channelId",
                channelId(),
                "content",
                Map.of("template", Map.of("templateId", marketingTemplateId()))))
        .path("id")
        .asText();
  }

  static String csv(int recipients) {
    StringBuilder csv = new StringBuilder("phone,name,first_name,store\n");
    for (int i = 0; i < recipients; i++) {
      String number = i % 3 == 0 ? "+5521" + (980_000_000 + i) : "+91" + (9_800_000_000L + i);
      csv.append(number).append(",Guest ").append(i).append(",Guest,North\n");
    }
    return csv.toString();
  }

  JsonNode launch(String id) {
    return api.post("campaigns/" + id + ":launch", Map.of());
  }

  JsonNode verb(String id, String verb) {
    return api.post("campaigns/" + id + ":" + verb, Map.of());
  }

  JsonNode campaign(String id) {
    return api.get("campaigns/" + id);
  }

  JsonNode analytics(String id) {
    return api.get("campaigns/" + id + "/analytics");
  }

  void awaitStatus(String id, String status) {
    await().untilAsserted(() -> assertThat(campaign(id).path("status").asText()).isEqualTo(status));
  }

  /** Until WhatsApp has nothing left to say and everything it said has been counted. */
  JsonNode awaitSettled(String id) {
    awaitQuiet();
    await().untilAsserted(() -> assertAgrees(analytics(id), judge(id)));
    return analytics(id);
  }

  /** Until WhatsApp has told everything it was going to tell, and had it acknowledged. */
  void awaitQuiet() {
    try {
      assertThat(herald.simulator().awaitQuiet(PATIENCE)).as("WhatsApp is quiet").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  Judge judge(String id) {
    return Judge.of(herald.simulator().record(), id);
  }

  /** The figures are those of WhatsApp's own record. */
  static void assertAgrees(JsonNode analytics, Judge judge) {
    assertThat(analytics.path("read").asInt()).as("read").isEqualTo(judge.count(Judge.Fate.READ));
    assertThat(analytics.path("delivered").asInt())
        .as("delivered")
        .isEqualTo(judge.count(Judge.Fate.READ, Judge.Fate.DELIVERED));
    assertThat(analytics.path("sent").asInt())
        .as("sent")
        .isEqualTo(judge.count(Judge.Fate.READ, Judge.Fate.DELIVERED, Judge.Fate.SENT));
    assertThat(analytics.path("failed").asInt())
        .as("failed")
        .isEqualTo(judge.count(Judge.Fate.FAILED));
    assertThat(analytics.path("submitted").asInt()).as("submitted").isEqualTo(judge.accepted());
  }

  long walletMicros(String account) {
    return api.get("wallet").path(account).path("micros").asLong();
  }

  @Override
  public void close() throws IOException {
    api.close();
    herald.close();
  }
}
