package dev.herald.gateway.subscription;

import static dev.herald.gateway.testing.WhatsApp.failed;
import static dev.herald.gateway.testing.WhatsApp.messages;
import static dev.herald.gateway.testing.WhatsApp.status;
import static dev.herald.gateway.testing.WhatsApp.statuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ListUntoldStatusChangesResponse;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.Receiver;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.messagekey.MessageKey;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private static final String NUMBER = "106540352242922";
  private static final long SECONDS = 1_790_000_000;
  private static final String STATUSES =
      "\"MESSAGE_SENT\",\"MESSAGE_DELIVERED\",\"MESSAGE_READ\",\"MESSAGE_FAILED\"";

  private static TestGateway herald;
  private static long campaigns = 1000;

  private final Receiver receiver = new Receiver();
  private final long campaign = ++campaigns;

  @BeforeAll
  static void start() {
    herald = TestGateway.start(Map.of("HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8"));
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    herald.services().reset();
    long workspace = herald.workspace();
    herald
        .services()
        .answer(
            InboundServiceGrpc.getResolveChannelsMethod(),
            ResolveChannelsResponse.newBuilder()
                .addChannels(
                    ResolvedChannel.newBuilder()
                        .setPhoneNumberId(NUMBER)
                        .setChannelId(11)
                        .setWorkspaceId(workspace))
                .build());
  }

  @AfterEach
  void end() {
    for (JsonNode subscription : herald.get("/api/v1/subscriptions").json().path("subscriptions")) {
      herald.delete("/api/v1/subscriptions/" + subscription.path("id").asText());
    }
    receiver.close();
  }

  @Test
  void everyStatusIsToldSignedAndOnceHoweverOftenItComes() {
    JsonNode made = subscribe(STATUSES);
    String secret = made.path("secret").asText();

    for (int i = 0; i < 3; i++) {
      post(status("sent", key(0), SECONDS), status("delivered", key(0), SECONDS + 1));
    }
    post(failed(key(1), SECONDS + 2, 131049, "Not delivered"));

    await().until(() -> new HashSet<>(receiver.eventIds()).size() == 3);
    awaitAllDelivered(made);
    assertThat(receiver.calls()).hasSize(3);
    for (Receiver.Call call : receiver.calls()) {
      String[] signature = call.header("Herald-Signature").split(",");
      String time = signature[0].substring("t=".length());
      assertThat(signature[1])
          .isEqualTo(
              "v1="
                  + Signing.hmac(
                      secret, (time + ".").getBytes(StandardCharsets.UTF_8), call.body()));
      assertThat(call.json().path("id").asText()).isEqualTo(call.header("Herald-Event-Id"));
      assertThat(call.json().path("workspaceId").asText()).isEqualTo("" + herald.workspace());
    }
    JsonNode delivered = event("message.delivered").path("data");
    assertThat(delivered.path("campaignId").asText()).isEqualTo("" + campaign);
    assertThat(delivered.path("ordinal").asInt()).isZero();
    assertThat(delivered.path("phone").asText()).isEqualTo("+15550100001");
    assertThat(delivered.path("status").asText()).isEqualTo("DELIVERED");
    assertThat(event("message.failed").path("data").path("failure").path("code").asInt())
        .isEqualTo(131049);
  }

  @Test
  void onlyWhatWasAskedForIsTold() {
    JsonNode made = subscribe("\"MESSAGE_READ\"");

    post(status("sent", key(0), SECONDS), status("read", key(0), SECONDS + 5));

    await().until(() -> receiver.calls().size() == 1);
    awaitAllDelivered(made);
    assertThat(receiver.calls().getFirst().json().path("type").asText()).isEqualTo("message.read");
    assertThat(deliveries(made)).hasSize(1);
  }

  @Test
  void whatAPersonWritesIsTold() {
    subscribe("\"MESSAGE_RECEIVED\"");

    assertThat(
            WhatsApp.post(
                    herald,
                    messages(
                        NUMBER,
                        "{\"profile\":{\"name\":\"Ada\"},\"wa_id\":\"15550100001\"}",
                        "{\"from\":\"15550100001\",\"id\":\"wamid.IN"
                            + campaign
                            + "\",\"timestamp\":\"1790000000\",\"type\":\"text\",\"text\":{\"body\":\"Hello\"}}"))
                .status())
        .isEqualTo(200);

    await().until(() -> receiver.calls().size() == 1);
    JsonNode data = event("message.received").path("data");
    assertThat(data.path("text").asText()).isEqualTo("Hello");
    assertThat(data.path("phone").asText()).isEqualTo("+15550100001");
    assertThat(data.path("profileName").asText()).isEqualTo("Ada");
  }

  @Test
  void aTargetThatFailsIsAskedAgainWithTheSameEvent() {
    receiver.answers(503);
    JsonNode made = subscribe(STATUSES);

    post(status("sent", key(0), SECONDS));
    await().until(() -> receiver.calls().size() == 1);
    await().until(() -> only(made).path("error").asText().startsWith("HTTP 503: an answer"));
    assertThat(only(made).path("state").asText()).isEqualTo("PENDING");
    receiver.answers(200);
    hurry();

    await().until(() -> only(made).path("state").asText().equals("DELIVERED"));
    assertThat(new HashSet<>(receiver.eventIds())).hasSize(1);
    assertThat(receiver.calls().getLast().header("Herald-Attempt"))
        .isEqualTo(only(made).path("attempts").asText());
    assertThat(find(made).has("failingSince")).isFalse();
  }

  @Test
  void whatWasStoredIsToldAfterARestart() {
    receiver.answers(503);
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS), status("read", key(0), SECONDS + 9));
    await().until(() -> deliveries(made).size() == 2);
    await().until(() -> !receiver.calls().isEmpty());

    receiver.answers(200);
    herald.restart();
    hurry();

    awaitAllDelivered(made);
    assertThat(new HashSet<>(receiver.eventIds())).hasSize(2);
  }

  @Test
  void whatAProcessLeftBehindInTheMiddleOfAnAttemptIsSentByAnother() {
    JsonNode made = subscribe(STATUSES);
    // As kill -9 leaves it: claimed, and nobody there to say what came of it.
    herald
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    """
                    insert into gateway.delivery
                      (workspace_id, subscription_id, event_id, event_type, event_time, data,
                       attempts, next_time, expire_time)
                    values (?, ?, gen_random_uuid(), 'MESSAGE_SENT', now(), '{}', 1,
                            now() + interval '1 minute', now() + interval '1 day')
                    """,
                    herald.workspace(),
                    made.path("id").asLong()));
    hurry();

    awaitAllDelivered(made);
    assertThat(receiver.calls()).hasSize(1);
  }

  @Test
  void nothingIsToldOfAWebhookUntilItIsApplied() {
    JsonNode made = subscribe(STATUSES);
    herald
        .services()
        .refuse(
            EvidenceServiceGrpc.getRecordEvidenceMethod(),
            HeraldException.unavailable("AWAY", "Away."));

    post(status("sent", key(0), SECONDS));
    await()
        .until(
            () ->
                herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).size()
                    >= 2);
    assertThat(deliveries(made)).isEmpty();
    reset();

    await().until(() -> receiver.calls().size() == 1);
  }

  @Test
  void afterADayADeliveryIsGivenUpAndCanBeReplayed() {
    receiver.answers(500);
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS));
    await().until(() -> receiver.calls().size() == 1);
    sql("update gateway.delivery set expire_time = now()");
    hurry();
    await().until(() -> only(made).path("state").asText().equals("FAILED"));
    assertThat(only(made).path("statusCode").asInt()).isEqualTo(500);

    receiver.answers(200);
    hurry();
    Answer replayed =
        herald.post(path(made) + "/deliveries/" + only(made).path("id").asText() + ":replay", "{}");

    assertThat(replayed.json().path("state").asText()).isEqualTo("PENDING");
    await().until(() -> only(made).path("state").asText().equals("DELIVERED"));
    assertThat(new HashSet<>(receiver.eventIds())).hasSize(1);
  }

  @Test
  void everythingGivenUpCanBeReplayedAtOnce() {
    JsonNode made = subscribe(STATUSES);
    post(
        status("sent", key(0), SECONDS),
        status("read", key(0), SECONDS + 1),
        status("sent", key(1), SECONDS));
    awaitAllDelivered(made);
    sql("update gateway.delivery set state = 'FAILED' where event_type = 'MESSAGE_SENT'");

    Answer answer = herald.post(path(made) + "/deliveries:replayFailed", "{}");

    assertThat(answer.json().path("deliveries").asInt()).isEqualTo(2);
    await().until(() -> receiver.calls().size() == 5);
    assertThat(new HashSet<>(receiver.eventIds())).hasSize(3);
  }

  @Test
  void threeDaysWithoutSuccessEndASubscriptionAndAPersonCanStartItAgain() {
    receiver.answers(500);
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS));
    await().until(() -> find(made).has("failingSince"));
    sql("update gateway.subscription set failing_since = now() - interval '73 hours'");
    hurry();

    await().until(() -> find(made).path("state").asText().equals("DISABLED"));
    assertThat(find(made).path("disableReason").asText())
        .contains("three days", "HTTP 500", "an answer");
    assertThat(herald.get("/api/v1/auditLog").text()).contains("SUBSCRIPTION_DISABLED");
    post(status("sent", key(7), SECONDS));
    receiver.answers(200);
    Answer active = herald.patch(path(made), "{\"state\":\"ACTIVE\"}");

    assertThat(active.json().path("disableReason").asText("")).isEmpty();
    hurry();
    awaitAllDelivered(made);
  }

  @Test
  void whoAnswersGoneIsNotAskedAgain() {
    receiver.answers(410);
    JsonNode made = subscribe(STATUSES);

    post(status("sent", key(0), SECONDS));

    await().until(() -> find(made).path("state").asText().equals("DISABLED"));
    assertThat(find(made).path("disableReason").asText()).contains("410");
  }

  @Test
  void aPausedSubscriptionHearsNothing() {
    JsonNode made = subscribe(STATUSES);
    herald.patch(path(made), "{\"state\":\"PAUSED\"}");
    JsonNode other = subscribe(STATUSES);

    post(status("sent", key(0), SECONDS));

    awaitAllDelivered(other);
    assertThat(deliveries(other)).hasSize(1);
    assertThat(deliveries(made)).isEmpty();
    assertThat(herald.post(path(made) + ":test", "{}").reason())
        .isEqualTo("SUBSCRIPTION_NOT_ACTIVE");
  }

  @Test
  void aSlowTargetHoldsUpNobodyElse() {
    try (Receiver slow = new Receiver()) {
      CountDownLatch end = new CountDownLatch(1);
      slow.answers(
          exchange -> {
            try {
              var _ = end.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      JsonNode hanging = subscribe(slow.url(), "HERALD", STATUSES);
      JsonNode made = subscribe(STATUSES);

      post(status("sent", key(0), SECONDS));
      await().until(() -> slow.calls().size() == 1);
      post(status("read", key(0), SECONDS + 1));

      await().until(() -> new HashSet<>(receiver.eventIds()).size() == 2);
      awaitAllDelivered(made);
      assertThat(deliveries(hanging))
          .allMatch(delivery -> delivery.path("state").asText().equals("PENDING"));
      end.countDown();
    }
  }

  @Test
  void aNewSecretAndTheOneBeforeSignTogetherForADay() {
    JsonNode made = subscribe(STATUSES);
    String before = made.path("secret").asText();
    String once = "{\"requestId\":\"rotate-1\"}";
    String after = herald.post(path(made) + ":rotateSecret", once).json().path("secret").asText();
    assertThat(herald.post(path(made) + ":rotateSecret", once).json().path("secret").asText())
        .isEqualTo(after);
    String test = "{\"requestId\":\"test-1\"}";
    JsonNode sent = herald.post(path(made) + ":test", test).json().path("delivery");
    assertThat(herald.post(path(made) + ":test", test).json().path("delivery").path("id"))
        .isEqualTo(sent.path("id"));

    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().getFirst();
    String[] parts = call.header("Herald-Signature").split(",");
    byte[] time = (parts[0].substring(2) + ".").getBytes(StandardCharsets.UTF_8);
    assertThat(List.of(parts).subList(1, parts.length))
        .containsExactly(
            "v1=" + Signing.hmac(after, time, call.body()),
            "v1=" + Signing.hmac(before, time, call.body()));
    assertThat(find(made).has("oldSecretExpireTime")).isTrue();
    assertThat(herald.get(path(made)).text()).doesNotContain(before, after);
  }

  @Test
  void aiSensysFormHasItsNamesItsTopicsAndItsSignature() {
    JsonNode made = subscribe(receiver.url(), "AISENSY", STATUSES + ",\"MESSAGE_RECEIVED\"");

    post(failed(key(3), SECONDS, 131026, "Undeliverable"));

    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().getFirst();
    assertThat(call.header("X-AiSensy-Signature"))
        .isEqualTo(Signing.hmac(made.path("secret").asText(), call.body()));
    assertThat(call.header("X-AiSensy-Project-Id")).isEqualTo("" + herald.workspace());
    JsonNode body = call.json();
    assertThat(body.path("topic").asText()).isEqualTo("message.status.updated");
    assertThat(body.path("delivery_attempt").asInt()).isEqualTo(1);
    JsonNode message = body.path("data").path("message");
    assertThat(message.path("type").asText()).isEqualTo("message");
    assertThat(message.path("status").asText()).isEqualTo("FAILED");
    assertThat(message.path("phone_number").asText()).isEqualTo("15550100001");
    assertThat(message.path("failed_at").asLong()).isEqualTo(SECONDS * 1000);
    assertThat(message.path("failureResponse").path("code").asInt()).isEqualTo(131026);
    assertThat(message.path("failureResponse").path("reason").asText()).isEqualTo("Undeliverable");
  }

  @Test
  void changesOfACampaignsStatusAreToldAndOnlyThenAcknowledged() {
    subscribe("\"CAMPAIGN_STATUS_CHANGED\"");
    UntoldStatusChange change =
        UntoldStatusChange.newBuilder()
            .setId(campaign)
            .setWorkspaceId(herald.workspace())
            .setCampaignId(campaign)
            .setName("Diwali")
            .setType(CampaignType.BROADCAST)
            .setFrom(CampaignStatus.LIVE)
            .setTo(CampaignStatus.PAUSED)
            .setTime(Timestamp.newBuilder().setSeconds(SECONDS))
            .setBy("herald")
            .setReason("The template was paused.")
            .build();
    // Offered again and again, as if no acknowledgement arrived.
    herald
        .services()
        .answer(
            CampaignFeedServiceGrpc.getListUntoldStatusChangesMethod(),
            ListUntoldStatusChangesResponse.newBuilder().addChanges(change).build());

    await().until(() -> acknowledged().size() >= 2);
    await().until(() -> receiver.calls().size() == 1);
    assertThat(acknowledged()).allMatch(List.of(campaign)::equals);
    JsonNode data = event("campaign.status_changed").path("data");
    assertThat(data.path("to").asText()).isEqualTo("PAUSED");
    assertThat(data.path("reason").asText()).isEqualTo("The template was paused.");
    assertThat(event("campaign.status_changed").path("time").asText())
        .isEqualTo(Instant.ofEpochSecond(SECONDS).toString());
  }

  @Test
  void whatIsDeletedIsGoneWithItsDeliveries() {
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS));
    awaitAllDelivered(made);

    herald.delete(path(made));
    await()
        .until(
            () -> {
              new SubscriptionStore(inSchema()).sweep();
              return count("subscription") == 0;
            });

    assertThat(count("delivery")).isZero();
    for (String rest : List.of("", "/deliveries")) {
      assertThat(herald.get(path(made) + rest).reason()).isEqualTo("SUBSCRIPTION_NOT_FOUND");
    }
  }

  @Test
  void aTargetInsideIsRefusedWithItsField() {
    for (String url :
        List.of("https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/")) {
      Answer answer = create(url, "HERALD", STATUSES);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.reason()).isEqualTo("URL_NOT_PUBLIC");
      assertThat(answer.text()).contains("\"url\"");
    }
    assertThat(create("http://93.184.215.14/", "HERALD", STATUSES).reason())
        .isEqualTo("URL_NOT_HTTPS");
    assertThat(create("not an address", "HERALD", STATUSES).reason()).isEqualTo("URL_INVALID");
    assertThat(create(receiver.url(), "AISENSY", "\"CAMPAIGN_STATUS_CHANGED\"").reason())
        .isEqualTo("EVENT_TYPE_HAS_NO_FORM");
    for (String types : List.of("", "\"TEST\"", "\"MESSAGE_SENT\",\"MESSAGE_SENT\"", "\"X\"")) {
      assertThat(create(receiver.url(), "HERALD", types).status()).as(types).isEqualTo(400);
    }
    assertThat(herald.get("/api/v1/subscriptions").json().path("subscriptions")).isEmpty();
  }

  @Test
  void aRepeatWithTheSameIdempotencyKeyGetsTheSameSubscriptionAndSecret() {
    List<JsonNode> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(
          herald
              .send(
                  herald
                      .request("/api/v1/subscriptions")
                      .header("Content-Type", "application/json")
                      .header("Idempotency-Key", "once-" + campaign)
                      .POST(
                          BodyPublishers.ofString(
                              "{\"name\":\"Ours\",\"url\":\"%s\",\"eventTypes\":[\"MESSAGE_READ\"]}"
                                  .formatted(receiver.url()))))
              .json());
    }

    assertThat(answers.get(0)).isEqualTo(answers.get(1));
    assertThat(herald.get("/api/v1/subscriptions").json().path("subscriptions")).hasSize(1);
  }

  @Test
  void aWorkspaceCanHaveFifty() {
    for (int i = 0; i < 50; i++) {
      assertThat(create(receiver.url(), "HERALD", "\"MESSAGE_READ\"").status()).isEqualTo(200);
    }

    assertThat(create(receiver.url(), "HERALD", "\"MESSAGE_READ\"").reason())
        .isEqualTo("TOO_MANY_SUBSCRIPTIONS");
    Answer page = herald.get("/api/v1/subscriptions?pageSize=30");
    Answer next =
        herald.get(
            "/api/v1/subscriptions?pageSize=30&pageToken="
                + page.json().path("nextPageToken").asText());
    assertThat(page.json().path("subscriptions")).hasSize(30);
    assertThat(next.json().path("subscriptions")).hasSize(20);
  }

  @Test
  void aViewerSeesNoneOfIt() {
    String viewer = herald.key(Role.VIEWER);

    assertThat(herald.send(herald.requestWith(viewer, "/api/v1/subscriptions")).status())
        .isEqualTo(403);
  }

  private JsonNode subscribe(String types) {
    return subscribe(receiver.url(), "HERALD", types);
  }

  private static JsonNode subscribe(String url, String format, String types) {
    Answer answer = create(url, format, types);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().path("secret").asText()).startsWith("whsec_");
    return answer.json();
  }

  private static Answer create(String url, String format, String types) {
    return herald.post(
        "/api/v1/subscriptions",
        "{\"name\":\"Ours\",\"url\":\"%s\",\"format\":\"%s\",\"eventTypes\":[%s]}"
            .formatted(url, format, types));
  }

  private static String path(JsonNode subscription) {
    return "/api/v1/subscriptions/" + subscription.path("id").asText();
  }

  private static JsonNode find(JsonNode subscription) {
    return herald.get(path(subscription)).json();
  }

  private static List<JsonNode> deliveries(JsonNode subscription) {
    List<JsonNode> list = new ArrayList<>();
    herald.get(path(subscription) + "/deliveries").json().path("deliveries").forEach(list::add);
    return list;
  }

  private static JsonNode only(JsonNode subscription) {
    List<JsonNode> list = deliveries(subscription);
    assertThat(list).hasSize(1);
    return herald
        .get(path(subscription) + "/deliveries/" + list.getFirst().path("id").asText())
        .json();
  }

  private static void awaitAllDelivered(JsonNode subscription) {
    await()
        .until(
            () ->
                !deliveries(subscription).isEmpty()
                    && deliveries(subscription).stream()
                        .allMatch(delivery -> delivery.path("state").asText().equals("DELIVERED")));
  }

  private JsonNode event(String type) {
    return receiver.calls().stream()
        .map(Receiver.Call::json)
        .filter(body -> body.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static List<List<Long>> acknowledged() {
    return herald
        .services()
        .requests(CampaignFeedServiceGrpc.getAcknowledgeStatusChangesMethod())
        .stream()
        .map(AcknowledgeStatusChangesRequest::getIdsList)
        .toList();
  }

  private void post(String... statuses) {
    assertThat(WhatsApp.post(herald, statuses(NUMBER, statuses)).status()).isEqualTo(200);
  }

  private String key(long ordinal) {
    return herald
        .keys()
        .encode(new MessageKey(campaign, ordinal, "US", 20261101), herald.workspace(), NUMBER);
  }

  // Lets nothing wait for its time.
  private static void hurry() {
    sql("update gateway.subscription set next_time = '-infinity'");
    sql("update gateway.delivery set next_time = now() where state = 'PENDING'");
  }

  private static void sql(String statement) {
    herald.jdbi().useHandle(handle -> handle.execute(statement));
  }

  private static Jdbi inSchema() {
    return herald.jdbi();
  }

  private static int count(String table) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select count(*) from gateway." + table)
                    .mapTo(Integer.class)
                    .one());
  }
}
