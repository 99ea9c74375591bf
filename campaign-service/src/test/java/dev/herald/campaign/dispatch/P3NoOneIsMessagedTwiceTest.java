package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.testing.RecordingAnalytics.Seen;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.testing.StageConfigs;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P3 and P4 against a slow and lying WhatsApp: timeouts after acceptance, 5xx after acceptance,
 * resets before and after, broken and dripping answers, storms of 429; while somebody pauses and
 * resumes, and the database drops its connections. The simulator's own record is the judge.
 */
class P3NoOneIsMessagedTwiceTest {
  private static final int PEOPLE = 700;

  private static Scenario lying(long seed) {
    return Scenario.smooth()
        .with(Knob.SEED, (double) seed)
        .with(Knob.ANSWER_LATENCY, "20ms")
        .with(Knob.ANSWER_LATENCY_SPREAD, "0.8")
        .with(Knob.FAULT_TIMEOUT_RATE, 0.01)
        .with(Knob.FAULT_TIMEOUT_HOLD, "3s")
        .with(Knob.FAULT_ERROR_AFTER_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_RESET_AFTER_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_TRUNCATED_RATE, 0.02)
        .with(Knob.FAULT_GARBAGE_RATE, 0.02)
        .with(Knob.FAULT_SLOW_RATE, 0.01)
        .with(Knob.FAULT_SLOW_FOR, "2s")
        .with(Knob.FAULT_RESET_BEFORE_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_UNAVAILABLE_RATE, 0.02)
        .with(Knob.FAULT_THROTTLED_RATE, 0.03)
        .with(Knob.STORM_EVERY, "4s")
        .with(Knob.STORM_FOR, "300ms");
  }

  @ParameterizedTest
  @ValueSource(longs = {2})
  void aLyingWhatsAppGetsEveryMessageAtMostOnceAndNobodyIsForgotten(long seed) {
    SimulatorConfig simulated =
        SimulatorConfig.defaults().withScenario(lying(seed)).withThroughput(600, 60);
    try (Stage stage = Stage.open(simulated)) {
      stage.adjust(config -> StageConfigs.impatient(config, Duration.ofMillis(1500))).restart();
      Channel channel = stage.readyChannel(500);
      Campaign draft =
          stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
      stage.upload(draft.getId(), Stage.people(PEOPLE, "first_name"));
      stage.launch(draft.getId());

      disturbUntilSent(stage, draft.getId(), new Random(seed));

      Map<Integer, Integer> taken = stage.taken(draft.getId());
      assertThat(taken.values()).as("messages per recipient").allMatch(times -> times == 1);
      Awaitility.await().until(() -> stage.analytics.messages(draft.getId()).size() == PEOPLE);
      for (Map.Entry<Integer, Seen> one : stage.analytics.messages(draft.getId()).entrySet()) {
        Set<EvidenceKind> kinds = one.getValue().kinds();
        boolean reached = taken.containsKey(one.getKey());
        // What we say of a message agrees with what became of it; doubt is the only third answer.
        if (kinds.contains(EvidenceKind.ACCEPTED) || kinds.contains(EvidenceKind.HELD)) {
          assertThat(reached).as("%s accepted", one.getKey()).isTrue();
        } else if (kinds.contains(EvidenceKind.FAILED)) {
          assertThat(reached).as("%s failed", one.getKey()).isFalse();
        } else {
          assertThat(kinds).isEqualTo(EnumSet.of(EvidenceKind.UNCONFIRMED));
        }
      }
      int unconfirmed =
          stage.analytics.buckets(draft.getId()).getOrDefault(Bucket.BUCKET_UNCONFIRMED, 0);
      assertThat(unconfirmed).isBetween(1, PEOPLE / 3);
    }
  }

  // Pauses, resumes and breaks connections; whatever pauses by itself is resumed.
  private static void disturbUntilSent(Stage stage, long campaign, Random random) {
    int disturbances = 8;
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (true) {
      Campaign now = get(stage, campaign);
      assertThat(System.nanoTime())
          .as(() -> "still " + now.getStatus() + ": " + open(stage))
          .isLessThan(end);
      switch (now.getStatus()) {
        case SENT -> {
          return;
        }
        case PAUSED -> attempt(() -> stage.resume(campaign));
        default -> {
          if (disturbances > 0) {
            disturbances--;
            if (random.nextInt(4) == 0) {
              EmbeddedDatabases.disconnect(stage.database());
            } else {
              attempt(() -> pauseAndWatch(stage, campaign));
            }
          }
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(150).toNanos());
    }
  }

  private static String open(Stage stage) {
    return stage.query(
        handle ->
            "open="
                + handle
                    .select(
                        "select batch_id, epoch, cardinality(ordinals) as n, settle_at - now() as"
                            + " settle from dispatch_batch")
                    .mapToMap()
                    .list()
                + " retry="
                + handle
                    .select(
                        "select count(*), min(not_before - now()) as a, max(not_before - now()) as"
                            + " b, max(attempts) as c from retry")
                    .mapToMap()
                    .list()
                + " lease="
                + handle
                    .select("select *, expires_at - now() as left from channel_lease")
                    .mapToMap()
                    .list());
  }

  private static void pauseAndWatch(Stage stage, long campaign) {
    assertThat(stage.pause(campaign).getInFlight()).isZero();
    long atPause = stage.takenCount(campaign);
    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    assertThat(stage.takenCount(campaign)).as("sent after a pause").isEqualTo(atPause);
  }

  private static Campaign get(Stage stage, long campaign) {
    return Awaitility.await().ignoreExceptions().until(() -> stage.get(campaign), c -> true);
  }

  // A call may meet a broken connection, or a campaign that has just ended.
  private static void attempt(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode())
          .isIn(Status.Code.UNAVAILABLE, Status.Code.FAILED_PRECONDITION, Status.Code.INTERNAL);
    }
  }
}
