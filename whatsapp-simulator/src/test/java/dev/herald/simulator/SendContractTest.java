package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the send call answers, compared with Meta's documentation. */
class SendContractTest {
  private static Simulator simulator;
  private static TestClient client;

  @BeforeAll
  static void start() {
    simulator =
        Simulator.start(
            SimulatorConfig.defaults().withScenario(Scenario.smooth()).withThroughput(1000, 1000));
    client = new TestClient(simulator);
  }

  @AfterAll
  static void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void anAcceptedMessageIsAnsweredInMetasShape() {
    TestClient.Answer answer = client.send("+16505551234", "shape");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("messaging_product").asText()).isEqualTo("whatsapp");
    assertThat(answer.body().path("contacts").path(0).path("input").asText())
        .isEqualTo("+16505551234");
    assertThat(answer.body().path("contacts").path(0).path("wa_id").asText())
        .isEqualTo("16505551234");
    assertThat(answer.body().path("messages").path(0).path("message_status").asText())
        .isEqualTo("accepted");
    assertThat(answer.raw().headers().firstValue("facebook-api-version")).hasValue("v25.0");
    assertThat(answer.body().has("biz_opaque_callback_data")).isFalse();
  }

  @Test
  void aWamidIsBase64AroundThePersonsNumberAndLeadsBackToTheMessage() {
    String wamid = client.send("+16505551234", "wamid").wamid();

    assertThat(wamid).startsWith("wamid.HBgLMTY1MDU1NTEyMzQVAgARGB");
    byte[] decoded = Base64.getDecoder().decode(wamid.substring("wamid.".length()));
    assertThat(new String(decoded, StandardCharsets.ISO_8859_1)).contains("16505551234");
    assertThat(simulator.record().byWamid(wamid))
        .get()
        .extracting("callbackData")
        .isEqualTo("wamid");
    assertThat(simulator.record().byWamid(wamid.replace("HBgL", "HBgM"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "+5531912345678,553112345678",
    "+5511912345678,5511912345678",
    "+525512345678,5215512345678"
  })
  void waIdDiffersWhereMetasDoes(String to, String waId) {
    assertThat(client.send(to, null).body().path("contacts").path(0).path("wa_id").asText())
        .isEqualTo(waId);
  }

  @Test
  void withoutThePlusTheSendersCountryCodeIsPrepended() {
    client.send("6505550199", "no plus");

    assertThat(simulator.record().messages(Query.callback("no plus"), 0, 1))
        .singleElement()
        .extracting("to")
        .isEqualTo(16505550199L);
  }

  @Test
  void aTokenIsNeeded() {
    TestClient anonymous = new TestClient(simulator).withToken(null);
    TestClient stranger = new TestClient(simulator).withToken("wrong");

    for (TestClient each : List.of(anonymous, stranger)) {
      TestClient.Answer answer = each.send("+16505551234", "x");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.code()).isEqualTo(190);
      assertThat(answer.body().path("error").path("type").asText()).isEqualTo("OAuthException");
      assertThat(answer.body().path("error").path("fbtrace_id").asText()).isNotEmpty();
    }
  }

  @Test
  void anUnknownObjectIsCode100Subcode33() {
    TestClient.Answer answer =
        new TestClient(simulator).withNumber("123").send("+16505551234", "x");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(100);
    assertThat(answer.body().path("error").path("error_subcode").asInt()).isEqualTo(33);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "\"text\"", "{", "{}", "{\"to\":\"+16505551234\"}"})
  void aBodyWithoutParametersMissesTheFirstOne(String body) {
    TestClient.Answer answer = client.post("/v25.0/200000000000001/messages", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(100);
    assertThat(answer.body().path("error").path("message").asText())
        .isEqualTo("(#100) The parameter messaging_product is required.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+",
        "",
        "abc",
        "+1",
        "+123456",
        "+1234567890123456",
        "+0123456789",
        "+١٢٣٤٥٦٧٨",
        "+1650555１２３４",
        "US.13491208655302741918"
      })
  void whatIsNoPhoneNumberIsRefused(String to) {
    TestClient.Answer answer = client.send(to, "x");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(131009);
  }

  @Test
  void callbackDataMayHave512Characters() {
    assertThat(client.send("+16505551234", "é".repeat(512)).status()).isEqualTo(200);

    TestClient.Answer tooLong = client.send("+16505551234", "é".repeat(513));
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.code()).isEqualTo(100);
  }

  @Test
  void callbackDataMustBeAString() {
    ObjectNode body = TestClient.template("+16505551234", "simple_news", "en_US", List.of("x"));

    assertThat(client.send(body.put("biz_opaque_callback_data", 7)).code()).isEqualTo(100);
  }

  @Test
  void aNumberCannotWriteToItself() {
    assertThat(client.send("+15550100001", "x").code()).isEqualTo(131021);
  }

  @ParameterizedTest
  @CsvSource({
    "nothing_like_it,en_US,132001,404",
    "simple_news,de,132001,404",
    "lucky_draw,en_US,132001,404",
    "clearance,en_US,132015,400"
  })
  void onlyAnApprovedTemplateCanBeSent(String name, String language, int code, int status) {
    TestClient.Answer answer =
        client.send(TestClient.template("+16505551234", name, language, List.of("a", "b")));

    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void positionalParametersMustMatchInNumber() {
    TestClient.Answer answer =
        client.send(
            TestClient.template("+16505551234", "order_update", "en_US", List.of("only one")));

    assertThat(answer.code()).isEqualTo(132000);
    assertThat(answer.details())
        .isEqualTo(
            "body: number of localizable_params (1) does not match the expected number of params"
                + " (3)");
  }

  @Test
  void namedParametersMustBeNamed() {
    ObjectNode body =
        TestClient.template(
            "+16505551234", "appointment_reminder", "en_US", List.of("a", "b", "c"));
    assertThat(client.send(body).code()).isEqualTo(132012);

    var parameters = body.path("template").path("components").path(0).path("parameters");
    ((ObjectNode) parameters.path(2)).put("parameter_name", "first_name");
    ((ObjectNode) parameters.path(0)).put("parameter_name", "date");
    ((ObjectNode) parameters.path(1)).put("parameter_name", "hour");
    assertThat(client.send(body).code()).isEqualTo(132012);

    ((ObjectNode) parameters.path(1)).put("parameter_name", "time");
    assertThat(client.send(body).status()).isEqualTo(200);
  }

  @Test
  void aUrlButtonWithAVariableNeedsItsParameter() {
    ObjectNode body =
        TestClient.template("+16505551234", "order_update", "en_US", List.of("a", "b", "c"));
    TestClient.Answer without = client.send(body);
    assertThat(without.code()).isEqualTo(131008);
    assertThat(without.details())
        .isEqualTo("buttons: Button at index 0 of type Url requires a parameter");

    ObjectNode button = body.withObject("template").withArray("components").addObject();
    button.put("type", "button").put("sub_type", "url").put("index", "0");
    button.putArray("parameters").addObject().put("type", "text").put("text", "A-1");
    assertThat(client.send(body).status()).isEqualTo(200);
  }

  @Test
  void aMediaHeaderNeedsItsFile() {
    ObjectNode body = TestClient.template("+16505551234", "new_collection", "en_US", List.of("a"));
    TestClient.Answer without = client.send(body);
    assertThat(without.code()).isEqualTo(132012);
    assertThat(without.details())
        .isEqualTo("header: Format mismatch, expected IMAGE, received UNKNOWN");

    ObjectNode header =
        body.withObject("template").withArray("components").addObject().put("type", "header");
    ObjectNode parameter = header.putArray("parameters").addObject().put("type", "image");
    parameter.putObject("image").put("id", "424242");
    assertThat(client.send(body).code()).isEqualTo(131009);

    parameter.putObject("image").put("link", "https://example.com/a.jpg");
    assertThat(client.send(body).status()).isEqualTo(200);
  }

  @Test
  void aParameterMayNotBeEmptyOrBreakTheLine() {
    assertThat(
            client
                .send(TestClient.template("+16505551234", "simple_news", "en_US", List.of("")))
                .code())
        .isEqualTo(131008);
    assertThat(
            client
                .send(TestClient.template("+16505551234", "simple_news", "en_US", List.of("a\nb")))
                .code())
        .isEqualTo(132018);
    assertThat(
            client
                .send(
                    TestClient.template(
                        "+16505551234", "simple_news", "en_US", List.of("x".repeat(1025))))
                .code())
        .isEqualTo(132005);
  }

  @Test
  void anUnknownTypeIsRefused() {
    ObjectNode body = TestClient.text("+16505551234", "hello");

    assertThat(client.send(body.put("type", "telegram")).code()).isEqualTo(100);
  }

  @Test
  void freeTextNeedsABodyOfAtMost4096Characters() {
    assertThat(client.send(TestClient.text("+16505551234", "")).code()).isEqualTo(131008);
    assertThat(client.send(TestClient.text("+16505551234", "x".repeat(4097))).code())
        .isEqualTo(100);
  }

  @Test
  void outsideTheWindowFreeTextCanBeRefusedAtOnce() {
    simulator.change(scenario -> scenario.with(Knob.WINDOW_REFUSED_AT_ONCE, "true"));
    try {
      assertThat(client.send(TestClient.text("+16505550177", "hello")).code()).isEqualTo(131047);
    } finally {
      simulator.change(scenario -> scenario.with(Knob.WINDOW_REFUSED_AT_ONCE, "false"));
    }
  }

  @Test
  void aHeldMessageSaysSo() {
    simulator.change(scenario -> scenario.with(Knob.HELD_RATE, 1));
    try {
      assertThat(
              client
                  .send("+16505551234", "held")
                  .body()
                  .path("messages")
                  .path(0)
                  .path("message_status")
                  .asText())
          .isEqualTo("held_for_quality_assessment");
    } finally {
      simulator.change(scenario -> scenario.with(Knob.HELD_RATE, 0));
    }
  }

  @Test
  void anyVersionIsAccepted() {
    String body =
        TestClient.template("+16505551234", "simple_news", "en_US", List.of("x")).toString();

    assertThat(client.post("/v18.0/200000000000001/messages", body).status()).isEqualTo(200);
    assertThat(client.post("/v27.0/200000000000001/messages", body).status()).isEqualTo(200);
    assertThat(client.post("/200000000000001/messages", body).status()).isEqualTo(200);
    assertThat(client.post("/v25/200000000000001/messages", body).status()).isEqualTo(400);
  }

  @Test
  void aReadReceiptIsNotAMessage() {
    long before = simulator.record().accepted();

    TestClient.Answer answer =
        client.post(
            "/v25.0/200000000000001/messages",
            "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.x\"}");

    assertThat(answer.body().path("success").asBoolean()).isTrue();
    assertThat(simulator.record().accepted()).isEqualTo(before);
  }
}
