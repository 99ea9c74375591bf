package dev.herald.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.Bucket;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.EstimateCampaignRequest;
import dev.herald.campaign.v1.StopCampaignResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From an uploaded file to SENT, with pause and stop on the way. */
class MainJobTest {
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(900);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static Campaign ready(int people) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    AudienceImport imported = stage.upload(draft.getId(), Stage.people(people, "first_name"));
    assertThat(imported.getAccepted()).isEqualTo(people);
    return draft;
  }

  @Test
  void everyRecipientIsSentOneMessageAndTheCampaignSaysSent() {
    Campaign draft = ready(1000);
    Campaign launched = stage.launch(draft.getId());
    assertThat(launched.getStatus()).isEqualTo(CampaignStatus.LIVE);
    assertThat(stage.billing.reserved(draft.getId())).isEqualTo(1000);

    Campaign sent = stage.awaitStatus(draft.getId(), CampaignStatus.SENT);

    assertThat(sent.getAttempted()).isEqualTo(1000);
    assertThat(stage.taken(draft.getId()))
        .hasSize(1000)
        .allSatisfy((o, n) -> assertThat(n).isOne());
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(stage.analytics.snapshot(draft.getId()).getStatus())
                    .isEqualTo(CampaignStatus.SENT));
    assertThat(stage.analytics.buckets(draft.getId())).containsEntry(Bucket.BUCKET_ACCEPTED, 1000);
    // SENT is told last: nobody may ever see a finished campaign with pending recipients.
    assertThat(stage.analytics.order(draft.getId()).getLast()).isEqualTo("SENT");
  }

  @Test
  void aPausedCampaignSendsNothingMoreUntilItIsResumed() {
    Campaign draft = ready(2000);
    stage.launch(draft.getId());
    Awaitility.await().until(() -> stage.takenCount(draft.getId()) > 200);

    var paused = stage.pause(draft.getId());
    long atPause = stage.takenCount(draft.getId());

    assertThat(paused.getInFlight()).isZero();
    assertThat(paused.getCampaign().getStatus()).isEqualTo(CampaignStatus.PAUSED);
    assertThat(atPause).isLessThan(2000);
    Awaitility.await()
        .during(java.time.Duration.ofMillis(700))
        .until(() -> stage.takenCount(draft.getId()) == atPause);

    stage.resume(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(draft.getId()))
        .hasSize(2000)
        .allSatisfy((o, n) -> assertThat(n).isOne());
  }

  @Test
  void stopIsFinalAndGivesTheMoneyOfTheUnattemptedBack() {
    Campaign draft = ready(3000);
    stage.launch(draft.getId());
    Awaitility.await().until(() -> stage.takenCount(draft.getId()) > 100);

    StopCampaignResponse stopped = stage.stop(draft.getId());
    int taken = (int) stage.takenCount(draft.getId());

    assertThat(stopped.getInFlight()).isZero();
    assertThat(stopped.getCampaign().getStatus()).isEqualTo(CampaignStatus.STOPPED);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(stage.billing.unattempted(draft.getId())).isEqualTo(3000 - taken));
    assertThat(Stage.reasonOf(() -> stage.resume(draft.getId()))).isEqualTo("ILLEGAL_TRANSITION");
    assertThat(stage.stop(draft.getId()).getCampaign().getStatus())
        .isEqualTo(CampaignStatus.STOPPED);
    assertThat(stage.takenCount(draft.getId())).isEqualTo(taken);
  }

  @Test
  void theEstimateCountsWhoWouldBeAttempted() {
    Campaign draft = ready(50);
    var estimate =
        stage
            .campaigns()
            .estimateCampaign(
                EstimateCampaignRequest.newBuilder().setCampaignId(draft.getId()).build());
    assertThat(estimate.getRecipients()).isEqualTo(50);
    assertThat(estimate.getEstimate().getTotal().getMicros()).isEqualTo(50_000);
  }
}
