package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.CampaignService;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.testing.StageConfigs;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.PauseCampaignResponse;
import dev.herald.campaign.v1.StopCampaignResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Promise P5: when pause or stop has returned, nothing of the campaign leaves any more. */
class P5PauseIsABarrierTest {

  private static Campaign launched(Stage stage, Channel channel, int people) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(draft.getId(), Stage.people(people, "first_name"));
    return stage.launch(draft.getId());
  }

  private static List<Long> acceptedAt(Stage stage, long campaign) {
    List<Long> times = new ArrayList<>();
    long after = 0;
    List<Message> page;
    do {
      page =
          stage
              .simulator
              .record()
              .messages(Query.callbackPrefix("h1." + campaign + "."), after, 10_000);
      for (Message message : page) {
        times.add(message.acceptedAt());
        after = message.id();
      }
    } while (!page.isEmpty());
    return times;
  }

  // The simulator's clock is the machine's, in microseconds.
  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Test
  void nothingLeavesBetweenTheReturnOfAPauseAndTheNextResume() {
    try (Stage stage = Stage.open(1000)) {
      Channel channel = stage.readyChannel(400);
      Campaign campaign = launched(stage, channel, 2500);
      List<long[]> silences = new ArrayList<>();
      while (stage.get(campaign.getId()).getStatus() != CampaignStatus.SENT) {
        long before = stage.takenCount(campaign.getId());
        Awaitility.await()
            .until(
                () ->
                    stage.takenCount(campaign.getId()) > before + 100
                        || stage.get(campaign.getId()).getStatus() == CampaignStatus.SENT);
        if (Stage.reasonOf(() -> assertQuiet(stage.pause(campaign.getId()).getInFlight()))
            .equals("OK")) {
          long returned = micros();
          Awaitility.await()
              .pollDelay(Duration.ofMillis(150))
              .until(() -> stage.get(campaign.getId()).getStatus() == CampaignStatus.PAUSED);
          silences.add(new long[] {returned, micros()});
          stage.resume(campaign.getId());
        }
      }
      List<Long> accepted = acceptedAt(stage, campaign.getId());
      assertThat(accepted).hasSize(2500);
      assertThat(silences).hasSizeGreaterThan(3);
      for (long[] silence : silences) {
        assertThat(accepted).noneMatch(at -> at >= silence[0] && at < silence[1]);
      }
    }
  }

  private static void assertQuiet(int inFlight) {
    assertThat(inFlight).isZero();
  }

  @Test
  void anotherInstanceObeysThroughTheDatabaseInTheMiddleOfABatch() {
    try (Stage stage = Stage.open(1000)) {
      // Slow: a batch takes a second, so a pause that was not heard would let much of it leave.
      Channel channel = stage.readyChannel(20);
      Campaign campaign = launched(stage, channel, 600);
      Awaitility.await().until(() -> stage.takenCount(campaign.getId()) > 0);
      String owner = owner(stage);
      CampaignService other = stage.startInstance();
      int held = 0;
      for (int round = 0; round < 6 && held == 0; round++) {
        long before = stage.takenCount(campaign.getId());
        Awaitility.await().until(() -> stage.takenCount(campaign.getId()) > before);
        PauseCampaignResponse paused = stage.pause(campaign.getId());
        long returned = micros();
        assertThat(paused.getInFlight()).isZero();
        assertThat(owner(stage)).isIn(owner, "");
        // What the owner had claimed and not sent yet it gave back.
        held += waiting(stage, campaign.getId());
        Awaitility.await()
            .pollDelay(Duration.ofMillis(400))
            .until(() -> stage.get(campaign.getId()).getStatus() == CampaignStatus.PAUSED);
        assertThat(acceptedAt(stage, campaign.getId())).allMatch(at -> at < returned);
        stage.resume(campaign.getId());
      }
      assertThat(held).as("messages held back in the middle of a batch").isPositive();
      assertThat(other.ready()).isTrue();
      stage.stop(campaign.getId());
      assertThat(stage.taken(campaign.getId()).values()).allMatch(times -> times == 1);
    }
  }

  private static String owner(Stage stage) {
    return stage.query(
        handle ->
            handle
                .createQuery("select owner from channel_lease where expires_at > now()")
                .mapTo(String.class)
                .findOne()
                .orElse(""));
  }

  private static int waiting(Stage stage, long campaign) {
    return stage.query(
        handle ->
            handle
                .createQuery("select count(*)::int from retry where campaign_id = :id")
                .bind("id", campaign)
                .mapTo(Integer.class)
                .one());
  }

  @Test
  void aPauseWaitsForWhatHangsInWhatsApp() {
    Scenario hanging =
        Scenario.smooth().with(Knob.FAULT_TIMEOUT_RATE, 1).with(Knob.FAULT_TIMEOUT_HOLD, "30s");
    try (Stage stage =
        Stage.open(SimulatorConfig.defaults().withScenario(hanging).withThroughput(1000, 100))) {
      stage.adjust(config -> StageConfigs.impatient(config, Duration.ofMillis(1500))).restart();
      Channel channel = stage.readyChannel(5);
      Campaign campaign = launched(stage, channel, 50);
      Awaitility.await().until(() -> stage.takenCount(campaign.getId()) > 0);
      PauseCampaignResponse paused = stage.pause(campaign.getId());
      long returned = micros();
      assertThat(paused.getInFlight()).isZero();
      Awaitility.await()
          .pollDelay(Duration.ofMillis(500))
          .until(() -> stage.get(campaign.getId()).getStatus() == CampaignStatus.PAUSED);
      assertThat(acceptedAt(stage, campaign.getId())).allMatch(at -> at < returned);
    }
  }

  @Test
  void stopIsFinalAndTwoWhoStopAtOnceBothReturnToSilence() {
    try (Stage stage = Stage.open(1000)) {
      Channel channel = stage.readyChannel(300);
      Campaign campaign = launched(stage, channel, 5000);
      Awaitility.await().until(() -> stage.takenCount(campaign.getId()) > 50);
      CompletableFuture<StopCampaignResponse> second =
          CompletableFuture.supplyAsync(() -> stage.stop(campaign.getId()));
      StopCampaignResponse first = stage.stop(campaign.getId());
      long returned = micros();
      assertThat(first.getInFlight()).isZero();
      assertThat(second.join().getCampaign().getStatus()).isEqualTo(CampaignStatus.STOPPED);
      for (Runnable revival :
          List.<Runnable>of(
              () -> stage.resume(campaign.getId()),
              () -> stage.launch(campaign.getId()),
              () -> stage.pause(campaign.getId()))) {
        assertThat(Stage.reasonOf(revival)).isEqualTo("ILLEGAL_TRANSITION");
      }
      stage.restart();
      Awaitility.await()
          .pollDelay(Duration.ofMillis(500))
          .until(() -> stage.get(campaign.getId()).getStatus() == CampaignStatus.STOPPED);
      assertThat(acceptedAt(stage, campaign.getId())).allMatch(at -> at < returned);
      // Not even by hand: the database itself refuses.
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () ->
                      stage.query(
                          handle ->
                              handle.execute(
                                  "update campaign set status = 'LIVE' where campaign_id = ?",
                                  campaign.getId()))))
          .hasMessageContaining("for good");
    }
  }
}
