package dev.herald.gateway.subscription;

import static dev.herald.gateway.testing.WhatsApp.failed;
import static dev.herald.gateway.testing.WhatsApp.messages;
import static dev.herald.gateway.testing.WhatsApp.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.ListUntoldStatusChangesResponse;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.Receiver;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.HeraldException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is told, when it is told again, and when no more. */
class DeliveriesTest extends SubscriptionFixture {
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
}
