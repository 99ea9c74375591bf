package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Scenario;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /simulator/…} over HTTP. */
class ControlApiTest {
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

  private void awaitQuiet() {
    assertThat(client.get("/simulator/quiet?wait_ms=10000").body().path("quiet").asBoolean())
        .isTrue();
  }

  @Test
  void theSummaryCountsWhatHappened() {
    client.send("+16505551234", "a-1");
    client.send("+16505551235", "a-2");
    client.send("+16505551236", "b-1");
    client.send("+1", "bad");
    awaitQuiet();

    JsonNode all = client.get("/simulator/summary").body();
    assertThat(all.path("accepted").asInt()).isEqualTo(3);
    assertThat(all.path("complete").asInt()).isEqualTo(3);
    assertThat(all.path("outcomes").path("sent+delivered+read").asInt()).isEqualTo(3);
    assertThat(all.path("attempts").path("accepted").asInt()).isEqualTo(3);
    assertThat(all.path("attempts").path("131009").asInt()).isEqualTo(1);
    assertThat(all.path("forgotten").asInt()).isZero();
    JsonNode some = client.get("/simulator/summary?callback_prefix=a-").body();
    assertThat(some.path("accepted").asInt()).isEqualTo(2);
    assertThat(some.path("acknowledged").path("read").asInt()).isEqualTo(2);
    assertThat(client.get("/simulator/summary?phone_number_id=5").body().path("accepted").asInt())
        .isZero();
  }

  @Test
  void messagesAreFoundByEveryHandle() {
    String wamid = client.send("+16505551234", "a-1").wamid();
    client.send("+16505551235", "a-2");
    client.send("+16505551234", "b-1");
    awaitQuiet();

    assertThat(messages("wamid=" + wamid.replace("+", "%2B").replace("=", "%3D"))).hasSize(1);
    assertThat(messages("callback_data=a-2"))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.path("to").asText()).isEqualTo("+16505551235");
              assertThat(m.path("acknowledged")).hasSize(3);
              assertThat(m.path("template").asText()).isEqualTo("simple_news/en_US");
            });
    assertThat(messages("callback_prefix=a-")).hasSize(2);
    assertThat(messages("to=%2B16505551234")).hasSize(2);
    JsonNode page = client.get("/simulator/messages?limit=2").body();
    assertThat(page.path("messages")).hasSize(2);
    assertThat(messages("limit=2&after=" + page.path("next_after").asLong())).hasSize(1);
  }

  private List<JsonNode> messages(String query) {
    return client
        .get("/simulator/messages?" + query)
        .body()
        .path("messages")
        .valueStream()
        .toList();
  }

  @Test
  void theRateIsTold() {
    for (int i = 0; i < 5; i++) {
      client.send("+1650555%04d".formatted(i), "k" + i);
    }

    JsonNode rate =
        client
            .get("/simulator/rate?phone_number_id=200000000000001&window_ms=60000&of=accepted")
            .body();
    assertThat(rate.path("count").asInt()).isEqualTo(5);
    assertThat(rate.path("worst_window").asInt()).isEqualTo(5);
    JsonNode none = client.get("/simulator/rate?since=2999-01-01T00:00:00Z").body();
    assertThat(none.path("count").asInt()).isZero();
  }

  @Test
  void theScenarioChangesAtRunTime() {
    JsonNode changed =
        client
            .call(
                "PATCH",
                "/simulator/scenario",
                "{\"read_rate\":0,\"sent_delay\":\"5ms\",\"failure_mix\":\"131049:1\"}")
            .body();
    assertThat(changed.path("read_rate").asText()).isEqualTo("0");
    assertThat(changed.path("sent_delay").asText()).isEqualTo("5ms");

    client.send("+16505551234", "k");
    awaitQuiet();
    assertThat(
            client.get("/simulator/summary").body().path("outcomes").path("sent+delivered").asInt())
        .isEqualTo(1);

    client.call("PUT", "/simulator/scenario", "{\"preset\":\"realistic\"}");
    assertThat(simulator.scenario()).isEqualTo(Scenario.realistic());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PATCH|/simulator/scenario|{\"read_rate\":2}",
        "PATCH|/simulator/scenario|{\"nonsense\":1}",
        "PATCH|/simulator/scenario|not json",
        "PUT|/simulator/scenario|{\"preset\":\"wild\"}",
        "POST|/simulator/refusals|{\"code\":7}",
        "POST|/simulator/inbound|{\"text\":\"hello\"}",
        "POST|/simulator/inbound|{\"callback_data\":\"unknown\",\"text\":\"hello\"}",
        "POST|/simulator/preferences|{\"from\":\"+16505551234\",\"value\":\"perhaps\"}",
        "POST|/simulator/templates/status|{\"name\":\"none\",\"language\":\"en_US\",\"status\":\"PAUSED\"}",
        "POST|/simulator/templates/status|{\"name\":\"simple_news\",\"language\":\"en_US\",\"status\":\"ASLEEP\"}",
        "PATCH|/simulator/phone-numbers/7|{}",
        "POST|/simulator/phone-numbers|{\"id\":\"200000000000001\",\"display_phone_number\":\"+15550100009\"}",
        "GET|/simulator/rate?of=everything|",
        "GET|/simulator/messages?limit=x|",
        "GET|/simulator/nothing|"
      })
  void whatMakesNoSenseIsRefusedWithAReason(String method, String path, String body) {
    TestClient.Answer answer = client.call(method, path, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("error").asText()).isNotEmpty();
  }

  @Test
  void personsActOnRequest() {
    client.send("+16505551234", "k");
    client.post("/simulator/inbound", "{\"callback_data\":\"k\",\"text\":\"Ünïcode?\"}");
    client.post("/simulator/inbound", "{\"from\":\"+16505551299\",\"text\":\"STOP\"}");
    client.post(
        "/simulator/inbound",
        "{\"callback_data\":\"k\",\"button\":{\"text\":\"Remind me\",\"payload\":\"p\"}}");
    client.post(
        "/simulator/inbound",
        "{\"from\":\"+16505551298\",\"message\":{\"type\":\"unsupported\",\"errors\":[{\"code\":131051}]}}");
    client.post("/simulator/preferences", "{\"from\":\"+16505551234\",\"value\":\"stop\"}");
    client.post("/simulator/preferences", "{\"from\":\"+16505551234\",\"value\":\"resume\"}");
    awaitQuiet();

    assertThat(receiver.elements("messages"))
        .extracting(m -> m.path("type").asText())
        .containsExactly("text", "text", "button", "unsupported");
    assertThat(receiver.elements("messages").getFirst().path("context").path("id").asText())
        .startsWith("wamid.");
    assertThat(receiver.elements("messages").get(1).has("context")).isFalse();
    assertThat(receiver.elements("user_preferences"))
        .extracting(p -> p.path("value").asText())
        .containsExactly("stop", "resume");
    assertThat(client.send("+16505551234", "after resume").status()).isEqualTo(200);
  }

  @Test
  void aTemplateIsPausedAndTheAppIsTold() {
    client.post(
        "/simulator/templates/status",
        "{\"name\":\"simple_news\",\"language\":\"en_US\",\"status\":\"PAUSED\"}");
    assertThat(client.send("+16505551234", "k").code()).isEqualTo(132015);
    client.post(
        "/simulator/templates/category",
        "{\"name\":\"order_update\",\"language\":\"en_US\",\"category\":\"MARKETING\",\"announce\":true}");
    client.post(
        "/simulator/templates/category",
        "{\"name\":\"order_update\",\"language\":\"en_US\",\"category\":\"MARKETING\"}");
    client.post(
        "/simulator/account-events",
        "{\"field\":\"phone_number_quality_update\",\"value\":{\"event\":\"THROUGHPUT_UPGRADE\"}}");
    awaitQuiet();

    List<JsonNode> changes = receiver.changes().toList();
    assertThat(changes)
        .extracting(c -> c.path("field").asText())
        .containsExactly(
            "message_template_status_update",
            "template_category_update",
            "template_category_update",
            "phone_number_quality_update");
    JsonNode paused = changes.getFirst().path("value");
    assertThat(paused.path("event").asText()).isEqualTo("PAUSED");
    assertThat(paused.path("message_template_id").isIntegralNumber()).isTrue();
    assertThat(paused.path("other_info").path("title").asText()).isEqualTo("FIRST_PAUSE");
    assertThat(changes.get(1).path("value").path("correct_category").asText())
        .isEqualTo("MARKETING");
    assertThat(changes.get(2).path("value").path("previous_category").asText())
        .isEqualTo("UTILITY");
    assertThat(receiver.parsed().getFirst().path("entry").path(0).path("time").isIntegralNumber())
        .isTrue();
  }

  @Test
  void aNumberWithAnAppOfItsOwnIsAnIslandForOthers() throws Exception {
    try (TestReceiver other = new TestReceiver()) {
      client.post(
          "/simulator/apps",
          "{\"id\":\"77\",\"access_tokens\":[\"other-token\"],\"app_secret\":\""
              + TestReceiver.SECRET
              + "\",\"verify_token\":\""
              + TestReceiver.VERIFY_TOKEN
              + "\",\"callback_url\":\""
              + other.url()
              + "\"}");
      TestClient.Answer added =
          client.post(
              "/simulator/phone-numbers",
              "{\"id\":\"2001\",\"business_account_id\":\"1001\",\"app_id\":\"77\",\"display_phone_number\":\"+15550100777\",\"throughput\":1000}");
      assertThat(added.status()).isEqualTo(200);

      assertThat(new TestClient(simulator).withNumber("2001").send("+16505551234", "x").code())
          .isEqualTo(100);
      TestClient tenant = new TestClient(simulator).withNumber("2001").withToken("other-token");
      assertThat(tenant.send("+16505551234", "theirs").status()).isEqualTo(200);
      client.send("+16505551234", "ours");
      awaitQuiet();

      assertThat(other.statuses())
          .hasSize(3)
          .allMatch(s -> s.path("biz_opaque_callback_data").asText().equals("theirs"));
      assertThat(receiver.statuses())
          .hasSize(3)
          .allMatch(s -> s.path("biz_opaque_callback_data").asText().equals("ours"));
    }
  }

  @Test
  void whenOneOfTwoAppsRefusesTheOtherHearsItAgain() throws Exception {
    client.call(
        "PATCH",
        "/simulator/scenario",
        "{\"webhook_retry_delay\":\"5ms\",\"webhook_interval\":\"0s\"}");
    try (TestReceiver other = new TestReceiver()) {
      other.answer(nth -> nth == 0 ? 500 : 200);
      client.post(
          "/simulator/apps",
          """
          {"id":"88","access_tokens":["third"],"app_secret":"%s","verify_token":"%s",
           "callback_url":"%s","subscribe_to":["100000000000001"]}
          """
              .formatted(TestReceiver.SECRET, TestReceiver.VERIFY_TOKEN, other.url()));
      client.send("+16505551234", "k");
      awaitQuiet();

      assertThat(other.statuses()).hasSizeGreaterThanOrEqualTo(3);
      assertThat(receiver.statuses()).hasSizeGreaterThan(3);
      assertThat(simulator.record().messages(Query.ALL, 0, 1))
          .singleElement()
          .satisfies(m -> assertThat(m.acknowledged()).isEqualTo(m.planned()));
    }
  }

  @Test
  void anAlternateCallbackUrlNeedsAHandshakeAndThenReceives() throws Exception {
    try (TestReceiver other = new TestReceiver()) {
      String path = "/v25.0/100000000000001/subscribed_apps";
      TestClient.Answer refused =
          client.post(
              path, "{\"override_callback_uri\":\"" + other.url() + "\",\"verify_token\":\"no\"}");
      assertThat(refused.code()).isEqualTo(2200);
      TestClient.Answer set =
          client.post(
              path,
              "{\"override_callback_uri\":\""
                  + other.url()
                  + "\",\"verify_token\":\""
                  + TestReceiver.VERIFY_TOKEN
                  + "\"}");
      assertThat(set.body().path("success").asBoolean()).isTrue();
      assertThat(
              client.get(path).body().path("data").path(0).path("override_callback_uri").asText())
          .isEqualTo(other.url());

      client.send("+16505551234", "k");
      awaitQuiet();
      assertThat(other.elements("statuses")).hasSize(3);
      assertThat(other.badSignatures()).isZero();
      assertThat(receiver.statuses()).isEmpty();

      client.call("DELETE", path, null);
      assertThat(client.get(path).body().path("data")).isEmpty();
      client.send("+16505551234", "nobody listens");
      awaitQuiet();
      assertThat(client.get("/simulator/summary").body().path("untold_updates").asInt())
          .isEqualTo(3);
    }
  }

  @Test
  void anyBytesCanBePostedWithAnySignature() {
    awaitQuiet();
    assertThat(
            client
                .post("/simulator/webhooks/post", "{\"object\":\"odd\\u0000\"}")
                .body()
                .path("http_status")
                .asInt())
        .isEqualTo(200);
    assertThat(
            client
                .post("/simulator/webhooks/post?signature=sha256%3D00", "{}")
                .body()
                .path("http_status")
                .asInt())
        .isEqualTo(401);
    assertThat(receiver.badSignatures()).isEqualTo(1);
  }

  @Test
  void theOverviewSaysThatNothingIsReal() {
    JsonNode overview = client.get("/simulator").body();

    assertThat(overview.path("what").asText()).contains("No message reaches a real person");
    assertThat(overview.path("phone_numbers").path(0).path("id").asText())
        .isEqualTo("200000000000001");
    assertThat(overview.path("magic_numbers")).hasSize(19);
  }
}
