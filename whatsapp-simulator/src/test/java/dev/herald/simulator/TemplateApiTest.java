package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates, phone numbers and media as Meta's API shows them. */
class TemplateApiTest {
  private static final String TEMPLATES = "/v25.0/100000000000001/message_templates";

  private TestReceiver receiver;
  private Simulator simulator;
  private TestClient client;

  @BeforeEach
  void start() {
    receiver = new TestReceiver();
    simulator =
        Simulator.start(
            SimulatorConfig.defaults()
                .withScenario(Scenario.smooth())
                .withThroughput(1000, 1000)
                .withCallback(receiver.url(), TestReceiver.VERIFY_TOKEN, TestReceiver.SECRET));
    client = new TestClient(simulator);
  }

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
    receiver.close();
  }

  @Test
  void theListIsPagedUntilNextIsAbsent() {
    List<String> seen = new ArrayList<>();
    String path =
        TEMPLATES + "?limit=5&fields=name,language,status,category,components,parameter_format";
    while (path != null) {
      JsonNode page = client.get(path).body();
      page.path("data")
          .forEach(t -> seen.add(t.path("name").asText() + "/" + t.path("language").asText()));
      assertThat(page.path("data").path(0).path("id").asText()).matches("[0-9]+");
      String next = page.path("paging").path("next").textValue();
      path =
          next == null
              ? null
              : URI.create(next).getRawPath() + "?" + URI.create(next).getRawQuery();
    }
    assertThat(seen).hasSize(16).doesNotHaveDuplicates();
  }

  @Test
  void filtersNarrowTheList() {
    assertThat(client.get(TEMPLATES + "?status=PAUSED").body().path("data")).hasSize(2);
    assertThat(
            client.get(TEMPLATES + "?category=AUTHENTICATION&language=pt_BR").body().path("data"))
        .hasSize(1);
    assertThat(client.get(TEMPLATES + "?name=simple_news").body().path("data")).hasSize(2);
    assertThat(client.get(TEMPLATES + "?name=nothing").body().path("data")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"after=bogus,131059", "limit=0,100", "fields=nonsense,100"})
  void badParametersAreRefused(String query, int code) {
    assertThat(client.get(TEMPLATES + "?" + query).code()).isEqualTo(code);
  }

  @Test
  void theBuiltInTemplatesCoverEveryKind() {
    JsonNode all = client.get(TEMPLATES + "?limit=100").body().path("data");
    List<JsonNode> approved =
        all.valueStream().filter(t -> t.path("status").asText().equals("APPROVED")).toList();

    assertThat(approved)
        .extracting(t -> t.path("category").asText())
        .contains("MARKETING", "UTILITY", "AUTHENTICATION");
    assertThat(approved).anyMatch(t -> t.path("parameter_format").asText().equals("NAMED"));
    assertThat(approved)
        .anyMatch(t -> t.path("components").path(0).path("format").asText().equals("IMAGE"));
    assertThat(all.valueStream().map(t -> t.path("status").asText()))
        .contains("PAUSED", "REJECTED");
  }

  @Test
  void aCreatedTemplateIsReviewedAndCanThenBeSent() {
    simulator.change(s -> s.with(Knob.TEMPLATE_REVIEW_DELAY, "1ms").with(Knob.TIME_SCALE, 1));
    TestClient.Answer created =
        client.post(
            TEMPLATES,
            """
            {"name":"fresh","language":"en_US","category":"UTILITY",
             "components":[{"type":"BODY","text":"Hello {{1}}, here is your receipt."}]}
            """);
    assertThat(created.body().path("status").asText()).isEqualTo("PENDING");

    await()
        .untilAsserted(
            () ->
                assertThat(
                        client
                            .get("/v25.0/" + created.body().path("id").asText())
                            .body()
                            .path("status")
                            .asText())
                    .isEqualTo("APPROVED"));
    assertThat(
            client
                .send(TestClient.template("+16505551234", "fresh", "en_US", List.of("reader")))
                .status())
        .isEqualTo(200);
    await()
        .untilAsserted(
            () ->
                assertThat(receiver.changes().map(c -> c.path("value").path("event").asText()))
                    .contains("APPROVED"));
    assertThat(
            client
                .post(
                    TEMPLATES,
                    "{\"name\":\"fresh\",\"language\":\"en_US\",\"category\":\"UTILITY\",\"components\":[{\"type\":\"BODY\",\"text\":\"x\"}]}")
                .body()
                .path("error")
                .path("error_subcode")
                .asInt())
        .isEqualTo(2388024);

    TestClient.Answer edited =
        client.post(
            "/v25.0/" + created.body().path("id").asText(),
            "{\"components\":[{\"type\":\"BODY\",\"text\":\"Hello, here is your receipt.\"}]}");
    assertThat(edited.body().path("success").asBoolean()).isTrue();

    assertThat(
            client
                .call("DELETE", TEMPLATES + "?name=fresh", null)
                .body()
                .path("success")
                .asBoolean())
        .isTrue();
    assertThat(client.call("DELETE", TEMPLATES + "?name=fresh", null).status()).isEqualTo(404);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        receiver
                            .changes()
                            .filter(c -> c.path("value").path("event").asText().equals("DELETED"))
                            .map(c -> c.path("value").get("reason").isNull()))
                    .containsExactly(true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Bad Name|UTILITY|Hello there|100",
        "good|SPAM|Hello there|100",
        "good|UTILITY|{{1}} hello|2388299",
        "good|UTILITY|hello {{1}}|2388299",
        "good|UTILITY|a {{1}}{{2}} c|2388293"
      })
  void aBadTemplateIsRefusedAtOnce(String name, String category, String body, int code) {
    JsonNode error =
        client
            .post(
                TEMPLATES,
                "{\"name\":\"%s\",\"language\":\"en\",\"category\":\"%s\",\"components\":[{\"type\":\"BODY\",\"text\":\"%s\"}]}"
                    .formatted(name, category, body))
            .body()
            .path("error");

    assertThat(error.path("error_subcode").asInt(error.path("code").asInt())).isEqualTo(code);
  }

  @Test
  void aPhoneNumberShowsItsFields() {
    JsonNode number = client.get("/v25.0/200000000000001").body();
    assertThat(number.path("display_phone_number").asText()).isEqualTo("+1 555-010-0001");
    assertThat(number.path("quality_rating").asText()).isEqualTo("GREEN");
    assertThat(number.path("throughput").path("level").asText()).isEqualTo("HIGH");
    assertThat(number.has("messaging_limit_tier")).isFalse();

    JsonNode chosen =
        client
            .get(
                "/v25.0/200000000000001?fields=messaging_limit_tier,whatsapp_business_manager_messaging_limit")
            .body();
    assertThat(chosen.path("messaging_limit_tier").asText()).isEqualTo("TIER_UNLIMITED");
    assertThat(chosen.size()).isEqualTo(3);
    assertThat(client.get("/v25.0/100000000000001/phone_numbers").body().path("data")).hasSize(1);
    assertThat(client.get("/v25.0/100000000000001").body().path("name").asText())
        .isEqualTo("Simulated business");
  }

  @Test
  void anUploadedFileCanBeSentById() {
    String boundary = "simple-boundary";
    String body =
        "--"
            + boundary
            + "\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
            + "--"
            + boundary
            + "\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
            + "Content-Type: image/png\r\n\r\n"
            + "1234567\r\n"
            + "--"
            + boundary
            + "--\r\n";
    String id = upload(boundary, body);
    assertThat(id).matches("[0-9]{1,32}");

    JsonNode described = client.get("/v25.0/" + id).body();
    assertThat(described.path("mime_type").asText()).isEqualTo("image/png");
    assertThat(described.path("file_size").asInt()).isEqualTo(7);

    var send = TestClient.template("+16505551234", "new_collection", "en_US", List.of("reader"));
    send.withObject("template")
        .withArray("components")
        .addObject()
        .put("type", "header")
        .putArray("parameters")
        .addObject()
        .put("type", "image")
        .putObject("image")
        .put("id", id);
    assertThat(client.send(send).status()).isEqualTo(200);

    assertThat(client.call("DELETE", "/v25.0/" + id, null).body().path("success").asBoolean())
        .isTrue();
    assertThat(client.get("/v25.0/" + id).body().path("error").path("error_subcode").asInt())
        .isEqualTo(33);
  }

  private String upload(String boundary, String body) {
    try (var http = java.net.http.HttpClient.newHttpClient()) {
      var request =
          java.net.http.HttpRequest.newBuilder(
                  URI.create(simulator.url() + "/v25.0/200000000000001/media"))
              .header("Authorization", "Bearer simulator-access-token")
              .header("Content-Type", "multipart/form-data; boundary=" + boundary)
              .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
              .build();
      return TestClient.JSON
          .readTree(http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString()).body())
          .path("id")
          .asText();
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
