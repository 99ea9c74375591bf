package dev.herald.gateway.webhook;

import static dev.herald.gateway.testing.WhatsApp.failed;
import static dev.herald.gateway.testing.WhatsApp.messages;
import static dev.herald.gateway.testing.WhatsApp.sign;
import static dev.herald.gateway.testing.WhatsApp.signed;
import static dev.herald.gateway.testing.WhatsApp.status;
import static dev.herald.gateway.testing.WhatsApp.statuses;
import static dev.herald.gateway.testing.WhatsApp.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.HeraldException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(LoggedIn.class)
class WebhookTest extends WebhookFixture {

  @Test
  void aStatusBecomesEvidenceWithinASecond() {
    Answer answer =
        WhatsApp.post(
            herald,
            statuses(
                NUMBER,
                status("sent", key(0), SECONDS),
                status("delivered", key(1), SECONDS + 1),
                status("read", key(2), SECONDS + 2),
                status("played", key(3), SECONDS + 3),
                failed(key(4), SECONDS + 4, 131026, "Undeliverable")));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.bytes()).isEmpty();
    await().atMost(Duration.ofSeconds(1)).until(() -> evidence().size() == 5);
    assertThat(evidence())
        .extracting(Evidence::getKind)
        .containsExactly(
            EvidenceKind.SENT,
            EvidenceKind.DELIVERED,
            EvidenceKind.READ,
            EvidenceKind.READ,
            EvidenceKind.FAILED);
    Evidence failure = evidence().getLast();
    assertThat(failure.getWorkspaceId()).isEqualTo(herald.workspace());
    assertThat(failure.getCampaignId()).isEqualTo(900);
    assertThat(failure.getOrdinal()).isEqualTo(4);
    assertThat(failure.getCountry()).isEqualTo("IN");
    assertThat(failure.getLot()).isEqualTo(20261102);
    assertThat(failure.getTime().getSeconds()).isEqualTo(SECONDS + 4);
    assertThat(failure.getFailure().getCode()).isEqualTo(131026);
    assertThat(failure.getFailure().getDetails()).isEqualTo("Details.");
    await().until(() -> pending() == 0);
  }

  @Test
  void aMessageThePersonDidNotWantIsEvidenceAndIsToldToCampaignByItsKey() {
    WhatsApp.post(
        herald,
        statuses(
            NUMBER,
            failed(key(5), SECONDS, 131026, "Undeliverable"),
            failed(key(6), SECONDS + 1, 131050, "Stopped marketing messages")));
    await().until(() -> evidence().size() == 2 && pending() == 0);
    assertThat(events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getPhoneNumberId()).isEqualTo(NUMBER);
              assertThat(event.getTime().getSeconds()).isEqualTo(SECONDS + 1);
              assertThat(event.getUnwanted().getCampaignId()).isEqualTo(900);
              assertThat(event.getUnwanted().getOrdinal()).isEqualTo(6);
            });
  }

  @Test
  void oneBadElementNeverTakesItsNeighboursDown() {
    WhatsApp.post(
        herald,
        statuses(
            NUMBER,
            status("sent", key(10), SECONDS),
            "17",
            status("teleported", key(11), SECONDS),
            status("sent", key(12), SECONDS)));

    await().until(() -> evidence().size() == 2);
    await().until(() -> pending() == 0);
    assertThat(evidence()).extracting(Evidence::getOrdinal).containsExactly(10, 12);
    assertThat(quarantineReasons()).contains("OBJECT_EXPECTED", "STATUS_UNKNOWN");
  }

  @Test
  void whatAnalyticsRejectsGoesToQuarantineAndTheRestIsKept() {
    herald
        .services()
        .answer(
            EvidenceServiceGrpc.getRecordEvidenceMethod(),
            RecordEvidenceResponse.newBuilder()
                .addRejections(
                    EvidenceRejection.newBuilder()
                        .setIndex(1)
                        .setReason("ORDINAL_TOO_LARGE")
                        .setMessage("No such recipient."))
                .build());
    WhatsApp.post(
        herald,
        statuses(NUMBER, status("sent", key(20), SECONDS), status("sent", key(21), SECONDS)));

    await().until(() -> quarantineReasons().contains("ORDINAL_TOO_LARGE"));
    assertThat(pending()).isZero();
  }

  @Test
  void timestampsThatCannotBeAreReplacedAndTheFactIsKept() {
    for (String timestamp :
        List.of("\"\"", "\"0\"", "-5", "1.5", "\"253402300799\"", "null", "{}")) {
      WhatsApp.post(
          herald,
          statuses(
              NUMBER, status("read", key(30), SECONDS).replace("\"" + SECONDS + "\"", timestamp)));
    }

    await().until(() -> evidence().size() == 7);
    long now = System.currentTimeMillis() / 1000;
    assertThat(evidence())
        .allSatisfy(fact -> assertThat(fact.getTime().getSeconds()).isBetween(now - 60, now + 60));
  }

  @Test
  void somebodyElsesStatusesAreCountedAside() {
    String forged = key(40).substring(0, key(40).length() - 2) + "AA";
    WhatsApp.post(
        herald,
        statuses(
            NUMBER,
            status("sent", "someone-elses", SECONDS),
            status("sent", forged, SECONDS),
            status("sent", keyOf(OTHER_WORKSPACE, NUMBER, 41), SECONDS),
            status("sent", keyOf(herald.workspace(), OTHER_NUMBER, 42), SECONDS),
            "{\"id\":\"wamid.1\",\"status\":\"sent\",\"timestamp\":\"1790000000\"}"));

    await().until(() -> pending() == 0);
    assertThat(evidence()).isEmpty();
    List<UnattributedCount> counts =
        herald.services().requests(EvidenceServiceGrpc.getRecordUnattributedMethod()).stream()
            .flatMap(request -> request.getCountsList().stream())
            .toList();
    assertThat(counts)
        .extracting(UnattributedCount::getReason, UnattributedCount::getCount)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("NO_CALLBACK_DATA", 2),
            org.assertj.core.groups.Tuple.tuple("BAD_MAC", 3));
  }

  @Test
  void inboundMessagesReachCampaignAlsoWithoutProfileAndWithNumericIds() {
    WhatsApp.post(
        herald,
        messages(
            NUMBER,
            "{\"wa_id\":\"919800000000\"}",
            """
            {"from":"919800000000","id":"wamid.A","timestamp":"1790000001","type":"text",\
            "text":{"body":"STOP \\u0000\\ud83d\\ude00\\ud800"},"context":{"from":"1","id":"wamid.ours"}}\
            """,
            """
            {"from":919800000000,"id":"wamid.B","timestamp":1790000002,"type":"button",\
            "button":{"payload":"YES","text":"Yes, please"},"unknown":{"deep":[1]}}\
            """));
    WhatsApp.post(
        herald,
        value(
            "message_template_status_update",
            "{\"event\":\"PAUSED\",\"message_template_id\":594425479261596,"
                + "\"message_template_name\":\"offer\",\"message_template_language\":\"en_US\",\"reason\":null}"));
    WhatsApp.post(
        herald,
        value(
            "user_preferences",
            "{\"metadata\":{\"phone_number_id\":\""
                + NUMBER
                + "\"},\"user_preferences\":[{\"wa_id\":\"919800000000\","
                + "\"category\":\"marketing_messages\",\"value\":\"stop\",\"timestamp\":1790000003}]}"));

    await().until(() -> events().size() == 4);
    InboundEvent text =
        events().stream()
            .filter(event -> event.getMessage().getWamid().equals("wamid.A"))
            .findFirst()
            .orElseThrow();
    assertThat(text.getMessage().getText()).isEqualTo("STOP \uD83D\uDE00\uFFFD");
    assertThat(text.getMessage().getContextWamid()).isEqualTo("wamid.ours");
    assertThat(text.getPhoneNumberId()).isEqualTo(NUMBER);
    assertThat(events())
        .anySatisfy(event -> assertThat(event.getMessage().getPayload()).isEqualTo("YES"))
        .anySatisfy(
            event -> {
              assertThat(event.getTemplate().getWhatsappId()).isEqualTo("594425479261596");
              assertThat(event.getTemplate().getReason()).isEmpty();
            })
        .anySatisfy(event -> assertThat(event.getPreference().getValue()).isEqualTo("stop"));
  }

  @Test
  void nothingIsLostWhileTheServicesAreAway() {
    AtomicBoolean away = new AtomicBoolean(true);
    herald
        .services()
        .on(
            EvidenceServiceGrpc.getRecordEvidenceMethod(),
            request -> {
              if (away.get()) {
                throw HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not now.");
              }
              return RecordEvidenceResponse.getDefaultInstance();
            });
    for (int i = 0; i < 20; i++) {
      assertThat(
              WhatsApp.post(herald, statuses(NUMBER, status("sent", key(60 + i), SECONDS)))
                  .status())
          .isEqualTo(200);
    }
    await().until(() -> !evidence().isEmpty());
    assertThat(pending()).isEqualTo(20);

    away.set(false);

    await().until(() -> pending() == 0);
    assertThat(evidence()).extracting(Evidence::getOrdinal).contains(60, 70, 79);
  }

  @Test
  void bodiesThatAreNoJsonAreAcceptedQuarantinedAndLeaveTheNextOneAlone() {
    List<String> bodies = new ArrayList<>();
    bodies.add("");
    bodies.add("null");
    bodies.add("[]");
    bodies.add("\"text\"");
    bodies.add("{\"entry\":{}}");
    bodies.add("{\"entry\":[1,2,{\"changes\":3}]}");
    bodies.add("[".repeat(100_000));
    bodies.add("{\"entry\":[" + "9".repeat(1_000_000) + "]}");
    bodies.add("{\"entry\":[],\"entry\":[]}");
    bodies.add("{\"entry\":[]} trailing");
    bodies.add("{\"entry\":[NaN]}");
    bodies.add("\uFEFF{\"entry\":[]}");
    for (String body : bodies) {
      assertThat(WhatsApp.post(herald, body).status()).isEqualTo(200);
    }
    byte[] latin = {'{', '"', (byte) 0xE9, '"', ':', '1', '}'};
    assertThat(
            herald
                .send(
                    signed(
                        herald, "/webhooks/whatsapp", latin, sign(latin, TestGateway.APP_SECRET)))
                .status())
        .isEqualTo(200);

    WhatsApp.post(herald, statuses(NUMBER, status("sent", key(90), SECONDS)));

    await().until(() -> evidence().size() == 1);
    await().until(() -> pending() == 0);
    assertThat(quarantineReasons()).contains("JSON_INVALID", "ENTRY_INVALID");
  }

  @Test
  void whatIsInQuarantineCanBeAppliedAgain() {
    herald.services().reset();
    WhatsApp.post(
        herald,
        statuses("123123123", status("sent", keyOf(herald.workspace(), "123123123", 95), SECONDS)));
    await().until(() -> quarantineReasons().contains("CHANNEL_UNKNOWN"));
    String id = herald.get("/api/v1/quarantine").json().at("/quarantined/0/id").asText();
    herald
        .services()
        .on(
            InboundServiceGrpc.getResolveChannelsMethod(),
            request ->
                ResolveChannelsResponse.newBuilder()
                    .addChannels(
                        ResolvedChannel.newBuilder()
                            .setPhoneNumberId("123123123")
                            .setChannelId(13)
                            .setWorkspaceId(herald.workspace()))
                    .build());

    // That the number was unknown is remembered for a few seconds.
    await()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              herald.post("/api/v1/quarantine/" + id + ":replay", "");
              return !evidence().isEmpty();
            });
    assertThat(evidence().getFirst().getOrdinal()).isEqualTo(95);
    assertThat(herald.get("/api/v1/quarantine").text()).doesNotContain("\"" + id + "\"");
  }

  @Test
  void aBodyThatKillsTheApplierTwiceIsParked() {
    PostgresWebhookLog log = new PostgresWebhookLog(jdbi());
    byte[] body =
        statuses(NUMBER, status("sent", key(99), SECONDS)).getBytes(StandardCharsets.UTF_8);
    jdbi()
        .useTransaction(
            handle -> {
              log.append(handle, List.of(new WebhookLog.Received(0, body)));
              // As two appliers leave it that were killed before they came back.
              handle.execute("update webhook_pending set attempts = 2, next_time = now()");
            });

    await().until(() -> quarantineReasons().contains("PARKED"));
    assertThat(pending()).isZero();
    assertThat(evidence()).isEmpty();
  }
}
