package dev.herald.campaign.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.PauseReason;
import dev.herald.campaign.v1.SendTestMessageRequest;
import dev.herald.campaign.v1.SendTestMessageResponse;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.TriggerResult;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** API campaigns: a call that was answered is kept, carried out once, and paid for first. */
class ApiCampaignsTest {
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(2000);
    channel = stage.readyChannel(1000);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static Campaign live() {
    return stage.launch(
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.API).getId());
  }

  private static TriggerRecipient.Builder person(long number) {
    return TriggerRecipient.newBuilder()
        .setPhone("+91" + (9_700_000_000L + number))
        .putParameters("body.1", "Guest " + number);
  }

  private static TriggerCampaignResponse call(
      Campaign campaign, String requestId, TriggerRecipient.Builder... recipients) {
    TriggerCampaignRequest.Builder request =
        TriggerCampaignRequest.newBuilder().setCampaignId(campaign.getId()).setRequestId(requestId);
    for (TriggerRecipient.Builder recipient : recipients) {
      request.addRecipients(recipient);
    }
    return stage.campaigns().triggerCampaign(request.build());
  }

  @Test
  void everyRecipientHasItsOwnAnswer() {
    Campaign live = live();
    List<TriggerResult> results =
        call(
                live,
                "own-1",
                person(1),
                person(2).setPhone("nobody"),
                person(3).clearParameters(),
                person(4).setName("x".repeat(201)),
                person(5))
            .getResultsList();
    assertThat(results)
        .extracting(TriggerResult::getErrorReason)
        .containsExactly("", "INVALID_NUMBER", "PARAMETERS_MISSING", "VALUE_TOO_LONG", "");
    assertThat(results)
        .extracting(TriggerResult::getErrorField)
        .containsExactly(
            "", "recipients[1].phone", "recipients[2].parameters.body.1", "recipients[3].name", "");
    assertThat(results.get(0).getPhone()).isEqualTo("+919700000001");
    assertThat(results.get(0).getMessageId()).isNotEqualTo(results.get(4).getMessageId());
    Awaitility.await().until(() -> stage.takenCount(live.getId()) == 2);
    assertThat(stage.get(live.getId()).getStatus()).isEqualTo(CampaignStatus.LIVE);
    assertThat(stage.get(live.getId()).getAudience()).isEqualTo(2);
  }

  @Test
  void aCallRepeatedByManyAtOnceIsCarriedOutOnce() {
    Campaign live = live();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Object>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  Object[] answer = new Object[1];
                  String refused =
                      Stage.reasonOf(
                          () -> answer[0] = call(live, "same-1", person(10), person(11)));
                  return refused.equals("OK") ? answer[0] : refused;
                },
                callers));
      }
      Set<Object> different = new HashSet<>();
      answers.forEach(answer -> different.add(answer.join()));
      different.remove("REQUEST_UNDER_WAY");
      assertThat(different).hasSize(1);
      assertThat(different.iterator().next()).isInstanceOf(TriggerCampaignResponse.class);
    }
    assertThat(stage.get(live.getId()).getAudience()).isEqualTo(2);
    assertThat(Stage.reasonOf(() -> call(live, "same-1", person(12))))
        .isEqualTo("REQUEST_ID_REUSED");
  }

  @Test
  void manyCallersShareCommitsAndNobodyIsLostWhenTheProcessEnds() {
    Campaign live = live();
    int callers = 40;
    int each = 10;
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int c = 0; c < callers; c++) {
        int caller = c;
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < each; i++) {
                    call(live, "", person(1000 + caller * each + i));
                  }
                },
                pool));
      }
      all.forEach(CompletableFuture::join);
    }
    stage.restart();
    assertThat(stage.get(live.getId()).getAudience()).isEqualTo(callers * each);
    Awaitility.await().until(() -> stage.takenCount(live.getId()) >= (long) callers * each);
    assertThat(stage.taken(live.getId()).values())
        .hasSize(callers * each)
        .allMatch(times -> times == 1);
    assertThat(stage.billing.reserved(live.getId())).isGreaterThanOrEqualTo(callers * each);
  }

  @Test
  void withoutMoneyACallIsRefusedAndNothingIsKept() {
    Campaign live = live();
    stage.billing.setAvailable(1_500);
    try {
      assertThat(Stage.reasonOf(() -> call(live, "poor-1", person(20), person(21))))
          .isEqualTo("INSUFFICIENT_FUNDS");
      assertThat(stage.get(live.getId()).getAudience()).isZero();
      Campaign paused = stage.get(live.getId());
      assertThat(paused.getStatus()).isEqualTo(CampaignStatus.PAUSED);
      assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.FUNDS);
      // What is there is enough for one.
      stage.resume(live.getId());
      assertThat(call(live, "poor-2", person(20)).getResults(0).getErrorReason()).isEmpty();
    } finally {
      stage.billing.setAvailable(1_000_000_000_000L);
    }
    assertThat(call(live, "poor-1", person(20), person(21)).getResultsCount()).isEqualTo(2);
  }

  @Test
  void onlyALiveApiCampaignTakesCalls() {
    Campaign draft = stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.API);
    assertThat(Stage.reasonOf(() -> call(draft, "", person(30)))).isEqualTo("CAMPAIGN_NOT_LIVE");
    stage.launch(draft.getId());
    stage.pause(draft.getId());
    assertThat(Stage.refusalOf(() -> call(draft, "", person(30))).metadata())
        .containsEntry("status", "PAUSED");
    stage.resume(draft.getId());
    call(draft, "", person(30));
    stage.stop(draft.getId());
    assertThat(Stage.reasonOf(() -> call(draft, "", person(31)))).isEqualTo("CAMPAIGN_NOT_LIVE");
    Campaign broadcast =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    assertThat(Stage.reasonOf(() -> call(broadcast, "", person(30))))
        .isEqualTo("NOT_AN_API_CAMPAIGN");
    assertThat(Stage.fieldsOf(() -> call(draft, "sp ace"))).contains("recipients", "request_id");
  }

  @Test
  void aTestMessageGoesOutOnceAndIsNowhereInTheCampaign() {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(draft.getId(), Stage.people(2, "first_name"));
    SendTestMessageRequest request =
        SendTestMessageRequest.newBuilder()
            .setCampaignId(draft.getId())
            .setRequestId("test-1")
            .setRecipient(person(40).clearParameters().putParameters("first_name", "Asha"))
            .build();
    long before = stage.simulator.record().accepted();
    SendTestMessageResponse sent = stage.campaigns().sendTestMessage(request);
    assertThat(sent.getAccepted()).isTrue();
    assertThat(stage.campaigns().sendTestMessage(request)).isEqualTo(sent);
    assertThat(stage.simulator.record().accepted()).isEqualTo(before + 1);
    assertThat(stage.get(draft.getId()).getAudience()).isEqualTo(2);
    assertThat(stage.get(draft.getId()).getAttempted()).isZero();
    assertThat(
            Stage.fieldsOf(
                () ->
                    stage
                        .campaigns()
                        .sendTestMessage(
                            request.toBuilder()
                                .setRequestId("test-2")
                                .setRecipient(person(1).setPhone("12"))
                                .build())))
        .containsExactly("recipient.phone");
  }
}
