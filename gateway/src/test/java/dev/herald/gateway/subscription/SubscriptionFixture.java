package dev.herald.gateway.subscription;

import static dev.herald.gateway.testing.WhatsApp.statuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.Receiver;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.messagekey.MessageKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A gateway, somebody who wants to hear of events, and a channel that makes some. */
abstract class SubscriptionFixture {
  static final String NUMBER = "106540352242922";
  static final long SECONDS = 1_790_000_000;
  static final String STATUSES =
      "\"MESSAGE_SENT\",\"MESSAGE_DELIVERED\",\"MESSAGE_READ\",\"MESSAGE_FAILED\"";

  static TestGateway herald;
  static long campaigns = 1000;

  final Receiver receiver = new Receiver();
  final long campaign = ++campaigns;

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

  JsonNode subscribe(String types) {
    return subscribe(receiver.url(), "HERALD", types);
  }

  static JsonNode subscribe(String url, String format, String types) {
    Answer answer = create(url, format, types);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().path("secret").asText()).startsWith("whsec_");
    return answer.json();
  }

  static Answer create(String url, String format, String types) {
    return herald.post(
        "/api/v1/subscriptions",
        "{\"name\":\"Ours\",\"url\":\"%s\",\"format\":\"%s\",\"eventTypes\":[%s]}"
            .formatted(url, format, types));
  }

  static String path(JsonNode subscription) {
    return "/api/v1/subscriptions/" + subscription.path("id").asText();
  }

  static JsonNode find(JsonNode subscription) {
    return herald.get(path(subscription)).json();
  }

  static List<JsonNode> deliveries(JsonNode subscription) {
    List<JsonNode> list = new ArrayList<>();
    herald.get(path(subscription) + "/deliveries").json().path("deliveries").forEach(list::add);
    return list;
  }

  static JsonNode only(JsonNode subscription) {
    List<JsonNode> list = deliveries(subscription);
    assertThat(list).hasSize(1);
    return herald
        .get(path(subscription) + "/deliveries/" + list.getFirst().path("id").asText())
        .json();
  }

  static void awaitAllDelivered(JsonNode subscription) {
    await()
        .until(
            () ->
                !deliveries(subscription).isEmpty()
                    && deliveries(subscription).stream()
                        .allMatch(delivery -> delivery.path("state").asText().equals("DELIVERED")));
  }

  JsonNode event(String type) {
    return receiver.calls().stream()
        .map(Receiver.Call::json)
        .filter(body -> body.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow();
  }

  static List<List<Long>> acknowledged() {
    return herald
        .services()
        .requests(CampaignFeedServiceGrpc.getAcknowledgeStatusChangesMethod())
        .stream()
        .map(AcknowledgeStatusChangesRequest::getIdsList)
        .toList();
  }

  void post(String... statuses) {
    assertThat(WhatsApp.post(herald, statuses(NUMBER, statuses)).status()).isEqualTo(200);
  }

  String key(long ordinal) {
    return herald
        .keys()
        .encode(new MessageKey(campaign, ordinal, "US", 20261101), herald.workspace(), NUMBER);
  }

  // Lets nothing wait for its time.
  static void hurry() {
    sql("update gateway.subscription set next_time = '-infinity'");
    sql("update gateway.delivery set next_time = now() where state = 'PENDING'");
  }

  static void sql(String statement) {
    herald.jdbi().useHandle(handle -> handle.execute(statement));
  }

  static Jdbi inSchema() {
    return herald.jdbi();
  }

  static int count(String table) {
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
