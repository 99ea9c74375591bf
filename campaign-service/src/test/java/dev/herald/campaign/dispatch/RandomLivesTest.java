package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.testing.RecordingAnalytics.Seen;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.testing.StageConfigs;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P3, P4 and P5 under random lives: commands in any order, by way of several instances, of which
 * some end and some lose their lease or their database, before a slow and lying WhatsApp. Only the
 * simulator's own record says what became of a message.
 */
class RandomLivesTest {
  private static final int PEOPLE = 200;
  private static final int STEPS = 25;
  private static final Duration LONGEST = Duration.ofSeconds(120);

  /** What must hold of one campaign, gathered while it lives. */
  private static final class Life {
    final long id;
    final List<long[]> silences = new ArrayList<>();
    long silentSince = -1;

    Life(long id) {
      this.id = id;
    }

    void silent() {
      if (silentSince < 0) {
        silentSince = micros();
      }
    }

    void mayRunAgain() {
      if (silentSince >= 0) {
        silences.add(new long[] {silentSince, micros()});
        silentSince = -1;
      }
    }
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private static Scenario lying(long seed) {
    return Scenario.smooth()
        .with(Knob.SEED, (double) seed)
        .with(Knob.ANSWER_LATENCY, "15ms")
        .with(Knob.ANSWER_LATENCY_SPREAD, "1")
        .with(Knob.FAULT_TIMEOUT_RATE, 0.01)
        .with(Knob.FAULT_TIMEOUT_HOLD, "3s")
        .with(Knob.FAULT_ERROR_AFTER_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_RESET_AFTER_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_GARBAGE_RATE, 0.01)
        .with(Knob.FAULT_RESET_BEFORE_ACCEPT_RATE, 0.02)
        .with(Knob.FAULT_UNAVAILABLE_RATE, 0.02)
        .with(Knob.FAULT_THROTTLED_RATE, 0.03)
        .with(Knob.STORM_EVERY, "3s")
        .with(Knob.STORM_FOR, "200ms");
  }

  @ParameterizedTest
  @ValueSource(longs = {102})
  void whateverHappensNobodyGetsTwoNobodyIsForgottenAndSilenceIsKept(long seed) {
    Random random = new Random(seed);
    SimulatorConfig simulated =
        SimulatorConfig.defaults().withScenario(lying(seed)).withThroughput(400, 40);
    try (Stage stage = Stage.open(simulated)) {
      stage.adjust(config -> StageConfigs.impatient(config, Duration.ofMillis(1000))).restart();
      Channel channel = stage.readyChannel(200);
      List<Life> lives = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Campaign draft =
            stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
        stage.upload(draft.getId(), Stage.people(PEOPLE, "first_name"));
        lives.add(new Life(draft.getId()));
      }
      lives.forEach(life -> attempt(() -> stage.launch(life.id)));
      for (int step = 0; step < STEPS; step++) {
        step(stage, lives, random);
        Awaitility.await().pollDelay(Duration.ofMillis(random.nextInt(1, 200))).until(() -> true);
      }
      lives.forEach(life -> end(stage, life));
      lives.forEach(life -> judge(stage, life, seed));
    }
  }

  private static void step(Stage stage, List<Life> lives, Random random) {
    Life life = lives.get(random.nextInt(lives.size()));
    switch (random.nextInt(12)) {
      case 0, 1, 2 ->
          attempt(
              () -> {
                if (stage.pause(life.id).getInFlight() == 0) {
                  life.silent();
                }
              });
      case 3, 4, 5 -> resume(stage, life);
      case 6 -> attempt(() -> stage.launch(life.id));
      case 7 -> steal(stage);
      case 8 -> EmbeddedDatabases.disconnect(stage.database());
      case 9 -> stage.startInstance();
      case 10 -> stage.restart();
      case 11 -> {
        // The last one only: the others must come to their end.
        if (life == lives.getLast()) {
          attempt(
              () -> {
                if (stage.stop(life.id).getInFlight() == 0) {
                  life.silent();
                }
              });
        }
      }
      default -> throw new IllegalStateException();
    }
  }

  // Called before the answer is known: from now on it may be running.
  private static void resume(Stage stage, Life life) {
    if (get(stage, life).getStatus() == CampaignStatus.PAUSED) {
      life.mayRunAgain();
      attempt(() -> stage.resume(life.id));
    }
  }

  /** Somebody else owns the channel for a moment; whoever had it must notice. */
  private static void steal(Stage stage) {
    stage.query(
        handle ->
            handle.execute(
                """
                update channel_lease
                   set epoch = epoch + 1, owner = 'thief',
                       expires_at = now() + interval '700 milliseconds'
                """));
  }

  private static void end(Stage stage, Life life) {
    Awaitility.await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              resume(stage, life);
              CampaignStatus status = get(stage, life).getStatus();
              return status == CampaignStatus.SENT || status == CampaignStatus.STOPPED;
            });
  }

  private static Campaign get(Stage stage, Life life) {
    return Awaitility.await().ignoreExceptions().until(() -> stage.get(life.id), found -> true);
  }

  private static void judge(Stage stage, Life life, long seed) {
    Campaign ended = get(stage, life);
    Map<Integer, List<Long>> taken = takenAt(stage, life);
    String what = "seed " + seed + " campaign " + life.id + " " + ended.getStatus() + " ";
    assertThat(taken.values()).as(what + "twice").allMatch(times -> times.size() == 1);
    life.mayRunAgain();
    for (long[] silence : life.silences) {
      assertThat(taken.values())
          .as(what + "sent in silence")
          .noneMatch(times -> times.getFirst() >= silence[0] && times.getFirst() < silence[1]);
    }
    int expected = ended.getStatus() == CampaignStatus.SENT ? PEOPLE : 0;
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        stage.analytics.messages(life.id).size()
                            + stage.billing.unattempted(life.id))
                    .as(what + "forgotten")
                    .isEqualTo(PEOPLE));
    Map<Integer, Seen> known = stage.analytics.messages(life.id);
    assertThat(known.size()).isGreaterThanOrEqualTo(expected);
    known.forEach(
        (ordinal, seen) -> {
          Set<EvidenceKind> kinds = seen.kinds();
          if (kinds.contains(EvidenceKind.ACCEPTED)) {
            assertThat(taken).as(what + "accepted " + ordinal).containsKey(ordinal);
          } else if (!kinds.contains(EvidenceKind.UNCONFIRMED)) {
            assertThat(taken).as(what + kinds + " " + ordinal).doesNotContainKey(ordinal);
          }
        });
    // Whoever got a message is known to have got it, or to be in doubt.
    assertThat(known.keySet()).as(what + "unknown").containsAll(taken.keySet());
  }

  private static Map<Integer, List<Long>> takenAt(Stage stage, Life life) {
    Map<Integer, List<Long>> times = new TreeMap<>();
    long after = 0;
    List<Message> page;
    do {
      page =
          stage
              .simulator
              .record()
              .messages(Query.callbackPrefix("h1." + life.id + "."), after, 10_000);
      for (Message message : page) {
        int ordinal = Integer.parseInt(message.callbackData().split("\\.")[2]);
        times.computeIfAbsent(ordinal, key -> new ArrayList<>()).add(message.acceptedAt());
        after = message.id();
      }
    } while (!page.isEmpty());
    return times;
  }

  // A call may meet a broken connection, a stopped instance, or a campaign that has just ended.
  private static void attempt(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode())
          .isIn(
              Status.Code.UNAVAILABLE,
              Status.Code.FAILED_PRECONDITION,
              Status.Code.INTERNAL,
              Status.Code.ABORTED,
              Status.Code.DEADLINE_EXCEEDED);
    }
  }
}
