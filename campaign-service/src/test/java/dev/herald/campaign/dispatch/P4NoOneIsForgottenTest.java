package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.testing.StageConfigs;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ListStatusChangesRequest;
import dev.herald.campaign.v1.RetryUnconfirmedRequest;
import dev.herald.campaign.v1.UpdateChannelRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise P4: a campaign says SENT only when every recipient has come to something. */
class P4NoOneIsForgottenTest {
  private Stage stage;
  private Channel channel;

  @BeforeEach
  void open() {
    stage = Stage.open(1000);
    stage.adjust(config -> StageConfigs.impatient(config, Duration.ofMillis(1000))).restart();
    channel = stage.readyChannel(500);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Campaign ready(int people) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(draft.getId(), Stage.people(people, "first_name"));
    return draft;
  }

  @Test
  void whoWaitsForAnotherAttemptKeepsTheCampaignFromBeingSent() {
    stage.simulator.change(scenario -> scenario.with(Knob.FAULT_THROTTLED_RATE, 1));
    Campaign campaign = ready(30);
    stage.launch(campaign.getId());
    Awaitility.await().until(() -> stage.get(campaign.getId()).getAttempted() == 30);
    Awaitility.await()
        .during(Duration.ofMillis(600))
        .until(() -> stage.get(campaign.getId()).getStatus() == CampaignStatus.LIVE);
    stage.simulator.change(scenario -> Scenario.smooth());
    stage.awaitStatus(campaign.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(campaign.getId()).values()).hasSize(30).allMatch(times -> times == 1);
  }

  @Test
  void analyticsThatIsAwayHearsEverythingLaterAndSentLast() {
    Campaign campaign = ready(200);
    stage.analytics.setUnavailable(true);
    stage.launch(campaign.getId());
    stage.awaitStatus(campaign.getId(), CampaignStatus.SENT);
    assertThat(stage.analytics.messages(campaign.getId())).isEmpty();
    stage.restart();
    stage.analytics.setUnavailable(false);
    Awaitility.await().until(() -> stage.analytics.messages(campaign.getId()).size() == 200);
    Awaitility.await()
        .until(() -> stage.analytics.order(campaign.getId()).getLast().equals("SENT"));
  }

  @Test
  void aBatchWithoutAnOwnerIsSettledAndAPersonMaySendItAgainKnowingly() {
    // So slow that the pause comes long before the last one.
    rate(2);
    Campaign campaign = ready(20);
    stage.launch(campaign.getId());
    stage.pause(campaign.getId());
    stage.stopInstances();
    Set<Integer> taken = stage.taken(campaign.getId()).keySet();
    loseABatch(campaign.getId(), taken);
    stage.startInstance();
    Awaitility.await()
        .until(
            () ->
                stage.analytics.buckets(campaign.getId()).getOrDefault(Bucket.BUCKET_UNCONFIRMED, 0)
                    == 20 - taken.size());
    // It may have gone out: the campaign goes on without sending it again by itself.
    assertThat(stage.takenCount(campaign.getId())).isEqualTo(taken.size());
    assertThat(Stage.fieldsOf(() -> retry(campaign.getId(), false)))
        .containsExactly("accept_duplicates");

    assertThat(retry(campaign.getId(), true)).isEqualTo(20 - taken.size());
    assertThat(retry(campaign.getId(), true)).isZero();
    rate(500);
    stage.resume(campaign.getId());
    stage.awaitStatus(campaign.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(campaign.getId()).values()).hasSize(20).allMatch(times -> times == 1);
    assertThat(
            stage
                .campaigns()
                .listStatusChanges(
                    ListStatusChangesRequest.newBuilder().setCampaignId(campaign.getId()).build())
                .getChangesList())
        .anyMatch(change -> change.getReason().contains("unconfirmed"));
    assertThat(Stage.reasonOf(() -> retry(campaign.getId(), true))).isEqualTo("ILLEGAL_TRANSITION");
  }

  private void rate(int perSecond) {
    var _ =
        stage
            .channels()
            .updateChannel(
                UpdateChannelRequest.newBuilder()
                    .setChannelId(channel.getId())
                    .setRate(perSecond)
                    .build());
  }

  private int retry(long campaign, boolean acceptDuplicates) {
    return stage
        .campaigns()
        .retryUnconfirmed(
            RetryUnconfirmedRequest.newBuilder()
                .setCampaignId(campaign)
                .setAcceptDuplicates(acceptDuplicates)
                .build())
        .getQueued();
  }

  // As a process leaves it that dies right after its claim of everybody who has no message yet.
  private void loseABatch(long campaign, Set<Integer> taken) {
    int[] lost = IntStream.range(0, 20).filter(ordinal -> !taken.contains(ordinal)).toArray();
    stage.query(
        handle ->
            handle
                .createUpdate(
                    """
                    with moved as (
                      update campaign_cursor set next_ordinal = 20 where campaign_id = :campaign
                    ), gone as (
                      delete from retry where campaign_id = :campaign
                    )
                    insert into dispatch_batch (campaign_id, channel_id, epoch, ordinals, attempts,
                           send_until, quiet_at, settle_at)
                    values (:campaign, :channel, 1, :lost,
                            array_fill(0, array[cardinality(:lost)]), now(), now(), now())
                    """)
                .bind("campaign", campaign)
                .bind("channel", channel.getId())
                .bind("lost", lost)
                .execute());
  }

  @Test
  void whatIsNeverHeardOfAgainIsGivenUpVisiblyAndStillCountsWhenItIsHeardOf() {
    Campaign campaign = ready(5);
    stage.launch(campaign.getId());
    stage.awaitStatus(campaign.getId(), CampaignStatus.SENT);
    Awaitility.await().until(() -> stage.analytics.messages(campaign.getId()).size() == 5);
    stage.report(campaign.getId(), 2, EvidenceKind.DELIVERED);
    stage.query(
        handle ->
            handle.execute(
                "update campaign set launched_at = now() - interval '1 day' where campaign_id = ?",
                campaign.getId()));
    // Its first look comes at the start.
    stage.adjust(config -> StageConfigs.expiringAfter(config, Duration.ofSeconds(1)));
    Awaitility.await()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              stage.query(handle -> handle.execute("update campaign set watched_at = null"));
              stage.restart();
              return expired(campaign.getId()) == 4;
            });
    assertThat(stage.analytics.messages(campaign.getId()).get(2).kinds())
        .doesNotContain(EvidenceKind.EXPIRED);
  }

  private long expired(long campaign) {
    Map<Integer, dev.herald.campaign.testing.RecordingAnalytics.Seen> messages =
        stage.analytics.messages(campaign);
    return messages.values().stream()
        .filter(seen -> seen.kinds().contains(EvidenceKind.EXPIRED))
        .count();
  }

  @Test
  void afterARestoreEveryCampaignWaitsForAPerson() {
    Campaign running = ready(400);
    stage.launch(running.getId());
    stage.stopInstances();
    stage.adjust(
        config ->
            StageConfigs.clusterEpoch(StageConfigs.impatient(config, Duration.ofSeconds(1)), 2));
    stage.startInstance();
    Campaign restored = stage.get(running.getId());
    assertThat(restored.getStatus()).isEqualTo(CampaignStatus.PAUSED);
    assertThat(restored.getPauseReason().getKind())
        .isEqualTo(dev.herald.campaign.v1.PauseReason.Kind.RESTORED);
    stage.resume(running.getId());
    stage.awaitStatus(running.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(running.getId()).values()).allMatch(times -> times == 1);
  }
}
