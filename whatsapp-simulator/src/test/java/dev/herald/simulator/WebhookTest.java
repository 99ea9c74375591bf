package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.FailureMix;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the receiver is told, compared with Meta's references. */
class WebhookTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private TestReceiver receiver;
  private Simulator simulator;
  private TestClient client;

  @BeforeEach
  void start() {
    receiver = new TestReceiver();
    simulator = Simulator.start(config(Scenario.smooth()));
    client = new TestClient(simulator);
  }

  private SimulatorConfig config(Scenario scenario) {
    return SimulatorConfig.defaults()
        .withScenario(scenario)
        .withThroughput(1000, 10_000)
        .withCallback(receiver.url(), TestReceiver.VERIFY_TOKEN, TestReceiver.SECRET);
  }

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
    receiver.close();
  }

  @Test
  void nothingIsPostedBeforeTheHandshake() throws Exception {
    client.send("+16505551234", "key-1");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    assertThat(receiver.handshakes()).isEqualTo(1);
    assertThat(receiver.badSignatures()).isZero();
    assertThat(receiver.statuses()).hasSize(3);
  }

  @Test
  void statusesComeInMetasEnvelopeWithTheCallbackDataOnEach() throws Exception {
    String wamid = client.send("+16505551234", "key-é-1").wamid();
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    JsonNode body = receiver.parsed().getFirst();
    assertThat(body.path("object").asText()).isEqualTo("whatsapp_business_account");
    assertThat(body.path("entry").path(0).path("id").asText()).isEqualTo("100000000000001");
    JsonNode change = body.path("entry").path(0).path("changes").path(0);
    assertThat(change.path("field").asText()).isEqualTo("messages");
    assertThat(change.path("value").path("metadata").path("phone_number_id").asText())
        .isEqualTo("200000000000001");
    assertThat(change.path("value").path("metadata").path("display_phone_number").asText())
        .isEqualTo("15550100001");
    assertThat(change.path("value").path("contacts").path(0).has("profile")).isFalse();

    assertThat(receiver.statuses())
        .extracting(status -> status.path("status").asText())
        .containsExactly("sent", "delivered", "read");
    assertThat(receiver.statuses())
        .allSatisfy(
            status -> {
              assertThat(status.path("id").asText()).isEqualTo(wamid);
              assertThat(status.path("recipient_id").asText()).isEqualTo("16505551234");
              assertThat(status.path("biz_opaque_callback_data").asText()).isEqualTo("key-é-1");
              assertThat(status.path("timestamp").isTextual()).isTrue();
              assertThat(status.has("conversation")).isFalse();
            });
    assertThat(receiver.statuses())
        .extracting(status -> status.has("pricing"))
        .containsExactly(true, true, false);
    JsonNode pricing = receiver.statuses().getFirst().path("pricing");
    assertThat(pricing.path("pricing_model").asText()).isEqualTo("PMP");
    assertThat(pricing.path("type").asText()).isEqualTo("regular");
    assertThat(pricing.path("category").asText()).isEqualTo("marketing");
    assertThat(pricing.path("billable").asBoolean()).isTrue();
  }

  @Test
  void bodiesAreAsciiWithLowerCaseEscapesAsMetaSignsThem() throws Exception {
    client.send("+16505551234", "é/😀");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    String raw = new String(receiver.bodies().getFirst(), StandardCharsets.ISO_8859_1);
    assertThat(raw.chars()).allMatch(c -> c < 128);
    assertThat(raw).contains("\\u00e9\\/\\ud83d\\ude00");
  }

  @Test
  void olderWebhookVersionsCarryTheConversation() throws Exception {
    simulator.change(scenario -> scenario.with(Knob.WEBHOOK_VERSION, "23"));
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    JsonNode sent = receiver.statuses().getFirst();
    assertThat(sent.path("conversation").path("origin").path("type").asText())
        .isEqualTo("marketing");
    assertThat(sent.path("conversation").has("expiration_timestamp")).isTrue();
    assertThat(receiver.statuses().get(1).path("conversation").has("expiration_timestamp"))
        .isFalse();
  }

  @Test
  void aFailureCarriesItsError() throws Exception {
    simulator.change(s -> s.with(Knob.FAILURE_RATE, 1).with(FailureMix.parse("131049:1")));
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    JsonNode error = receiver.statuses().getFirst().path("errors").path(0);
    assertThat(error.path("code").asInt()).isEqualTo(131049);
    assertThat(error.path("title")).isEqualTo(error.path("message"));
    assertThat(error.path("error_data").path("details").asText()).isNotEmpty();
    assertThat(receiver.changes().findFirst().orElseThrow().path("value").has("contacts"))
        .isFalse();
  }

  @Test
  void freeTextOutsideTheWindowFailsByWebhookAndInsideItArrives() throws Exception {
    client.send(TestClient.text("+16505551234", "hello"));
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses())
        .singleElement()
        .satisfies(
            s -> assertThat(s.path("errors").path(0).path("code").asInt()).isEqualTo(131047));

    simulator
        .controls()
        .text(simulator.controls().directory().numberAt(0), 16505551234L, "hi", null);
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    client.send(TestClient.text("+16505551234", "hello again"));
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses())
        .extracting(s -> s.path("status").asText())
        .containsExactly("failed", "sent", "delivered", "read");
  }

  @Test
  void afterAnOptOutMarketingFailsAndUtilityArrives() throws Exception {
    simulator
        .controls()
        .marketing(simulator.controls().directory().numberAt(0), 16505551234L, true);
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    JsonNode preference = receiver.elements("user_preferences").getFirst();
    assertThat(preference.path("value").asText()).isEqualTo("stop");
    assertThat(preference.path("category").asText()).isEqualTo("marketing_messages");
    assertThat(preference.path("timestamp").isIntegralNumber()).isTrue();
    assertThat(receiver.changes().findFirst().orElseThrow().path("field").asText())
        .isEqualTo("user_preferences");

    client.send("+16505551234", "marketing");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses().getFirst().path("errors").path(0).path("code").asInt())
        .isEqualTo(131050);
  }

  @Test
  void repliesQuoteTheMessageAndTapsCarryThePayload() throws Exception {
    simulator.change(s -> s.with(Knob.MAGIC_NUMBERS, "true"));
    String replied = client.send("+16505550010", "replies").wamid();
    var tapped =
        TestClient.template("+16505550011", "new_collection", "en_US", List.of("reader"))
            .put("biz_opaque_callback_data", "taps");
    var components = tapped.withObject("template").withArray("components");
    components
        .addObject()
        .put("type", "header")
        .putArray("parameters")
        .addObject()
        .put("type", "image")
        .putObject("image")
        .put("link", "https://example.com/a.jpg");
    components
        .addObject()
        .put("type", "button")
        .put("sub_type", "quick_reply")
        .put("index", "0")
        .putArray("parameters")
        .addObject()
        .put("type", "payload")
        .put("payload", "campaign-7-more");
    String tappedWamid = client.send(tapped).wamid();
    client.send("+16505550012", "stops");
    client.send("+16505550013", "opts out");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    Map<String, JsonNode> byPerson = new HashMap<>();
    receiver
        .elements("messages")
        .forEach(message -> byPerson.put(message.path("from").asText(), message));
    assertThat(byPerson.get("16505550010").path("context").path("id").asText()).isEqualTo(replied);
    assertThat(byPerson.get("16505550010").path("text").path("body").asText()).isNotEmpty();
    assertThat(byPerson.get("16505550011").path("type").asText()).isEqualTo("button");
    assertThat(byPerson.get("16505550011").path("button").path("payload").asText())
        .isEqualTo("campaign-7-more");
    assertThat(byPerson.get("16505550011").path("button").path("text").asText())
        .isEqualTo("Show me more");
    assertThat(byPerson.get("16505550011").path("context").path("id").asText())
        .isEqualTo(tappedWamid);
    assertThat(byPerson.get("16505550012").path("text").path("body").asText()).isEqualTo("STOP");
    assertThat(receiver.elements("user_preferences"))
        .singleElement()
        .satisfies(p -> assertThat(p.path("wa_id").asText()).isEqualTo("16505550013"));
    assertThat(byPerson.values())
        .allSatisfy(m -> assertThat(m.path("id").asText()).startsWith("wamid."));
  }

  @Test
  void hundredsOfMessagesAreToldInFewPostsAndTheJournalKnowsEachAcknowledgement() throws Exception {
    simulator.change(
        s ->
            Scenario.realistic()
                .with(Knob.TIME_SCALE, 0.002)
                .with(Knob.ANSWER_LATENCY, "0ms")
                .with(Knob.DUPLICATE_RATE, 0.2)
                .with(Knob.REORDER_RATE, 0.3)
                .with(Knob.DUPLICATE_POST_RATE, 0.1));
    int messages = 600;
    for (int i = 0; i < messages; i++) {
      assertThat(client.send("+1650555%04d".formatted(i), "m-" + i).status()).isEqualTo(200);
    }
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    Map<String, Set<String>> heard = new HashMap<>();
    receiver
        .statuses()
        .forEach(
            status ->
                heard
                    .computeIfAbsent(
                        status.path("biz_opaque_callback_data").asText(), key -> new TreeSet<>())
                    .add(status.path("status").asText()));
    for (Message message : simulator.record().messages(Query.ALL, 0, messages)) {
      assertThat(message.acknowledged()).isEqualTo(message.planned()).isEqualTo(message.emitted());
      Set<String> planned = new TreeSet<>();
      message.planned().stream()
          .filter(Update::isStatus)
          .forEach(update -> planned.add(update.key()));
      assertThat(heard.getOrDefault(message.callbackData(), new TreeSet<>())).isEqualTo(planned);
    }
    assertThat(receiver.statuses().size())
        .isGreaterThan(heard.values().stream().mapToInt(Set::size).sum());
    assertThat(receiver.badSignatures()).isZero();
    assertThat(receiver.posts()).isLessThan(receiver.statuses().size());
  }

  @Test
  void aRefusedPostIsRepeatedUntilItIsAcknowledged() throws Exception {
    simulator.change(
        s -> s.with(Knob.WEBHOOK_RETRY_DELAY, "5ms").with(Knob.WEBHOOK_RETRY_MAX_DELAY, "10ms"));
    receiver.answer(
        nth ->
            switch (nth) {
              case 0 -> 500;
              case 1 -> 204;
              case 2 -> 302;
              default -> 200;
            });
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    assertThat(receiver.refused()).hasSize(3);
    assertThat(receiver.statuses())
        .extracting(s -> s.path("status").asText())
        .contains("sent", "delivered", "read");
    assertThat(simulator.record().messages(Query.ALL, 0, 1).getFirst().acknowledged()).hasSize(3);
  }

  @Test
  void repetitionEnds() throws Exception {
    simulator.change(
        s ->
            s.with(Knob.WEBHOOK_RETRY_DELAY, "2ms")
                .with(Knob.WEBHOOK_RETRY_MAX_DELAY, "4ms")
                .with(Knob.WEBHOOK_RETRY_FOR, "30ms"));
    receiver.answer(nth -> 503);
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    assertThat(simulator.controls().webhooks().json().path(0).path("updates_dropped").asInt())
        .isEqualTo(3);
    assertThat(simulator.record().messages(Query.ALL, 0, 1).getFirst().acknowledged()).isEmpty();
  }

  @Test
  void aDeadReceiverDoesNotSlowSendsDown() throws Exception {
    simulator.controls().callback(simulator.config().app(), "http://127.0.0.1:1/webhook", "x");
    for (int i = 0; i < 200; i++) {
      assertThat(client.send("+1650555%04d".formatted(i), "k" + i).status()).isEqualTo(200);
    }

    assertThat(simulator.controls().quiet()).isFalse();
    simulator
        .controls()
        .callback(simulator.config().app(), receiver.url(), TestReceiver.VERIFY_TOKEN);
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses()).hasSize(600);
  }

  @Test
  void pausedWebhooksWaitAndThenComeAll() throws Exception {
    simulator.controls().webhooks().pause();
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(Duration.ofMillis(300))).isFalse();
    assertThat(receiver.posts()).isZero();

    simulator.controls().webhooks().resume();
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses()).hasSize(3);
  }

  @Test
  void whatWasToldCanBeToldAgain() throws Exception {
    client.send("+16505551234", "a-1");
    client.send("+16505551235", "b-1");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    assertThat(simulator.controls().webhooks().replay(Query.callbackPrefix("a-"))).isEqualTo(3);
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses()).hasSize(9);
    assertThat(receiver.statuses().subList(6, 9))
        .isEqualTo(
            receiver.statuses().stream()
                .limit(6)
                .filter(s -> s.path("biz_opaque_callback_data").asText().equals("a-1"))
                .toList());
  }

  @Test
  void aHiddenNumberIsMissingEverywhere() throws Exception {
    simulator.change(s -> s.with(Knob.HIDDEN_NUMBER_RATE, 1));
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(SOON)).isTrue();

    assertThat(receiver.statuses())
        .allSatisfy(
            status -> {
              assertThat(status.has("recipient_id")).isFalse();
              assertThat(status.path("recipient_user_id").asText()).matches("US\\.[0-9]+");
            });
    assertThat(receiver.elements("contacts")).noneMatch(contact -> contact.has("wa_id"));
  }

  @Test
  void fastForwardMakesTheFutureHappen() throws Exception {
    simulator.change(s -> s.with(Knob.TIME_SCALE, 1000));
    client.send("+16505551234", "k");
    assertThat(simulator.awaitQuiet(Duration.ofMillis(200))).isFalse();

    simulator.controls().webhooks().fastForward();
    assertThat(simulator.awaitQuiet(SOON)).isTrue();
    assertThat(receiver.statuses())
        .extracting(s -> s.path("status").asText())
        .containsExactly("sent", "delivered", "read");
  }
}
