package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.simulator.journal.Attempts;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge's book. */
class JournalTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private static SimulatorConfig config() {
    return SimulatorConfig.defaults().withScenario(Scenario.smooth()).withThroughput(1000, 10_000);
  }

  @Test
  void aSecondMessageUnderTheSameKeyIsNoticed() {
    try (Simulator simulator = Simulator.start(config());
        TestClient client = new TestClient(simulator)) {
      client.send("+16505551234", "once");
      client.send("+16505551234", "twice");
      client.send("+16505551234", "twice");
      client.send("+16505551234", (String) null);
      client.send("+16505551234", (String) null);

      assertThat(simulator.record().repeatedCount()).isEqualTo(1);
      assertThat(simulator.record().repeated()).containsExactly("twice");
      assertThat(simulator.record().messages(Query.callback("twice"), 0, 10)).hasSize(2);
      assertThat(simulator.record().messages(Query.to(16505551234L), 0, 10)).hasSize(5);
      assertThat(simulator.record().messages(Query.callbackPrefix("tw"), 0, 10)).hasSize(2);
    }
  }

  @Test
  void theWorstWindowIsFound() {
    try (Simulator simulator = Simulator.start(config());
        TestClient client = new TestClient(simulator)) {
      for (int i = 0; i < 30; i++) {
        client.send("+1650555%04d".formatted(i), "k" + i);
      }
      client.send("+16505551234", "refused".repeat(100));

      Attempts.Rate all = simulator.record().attempts().rate(-1, false, 0, 60_000_000);
      assertThat(all.count()).isEqualTo(31);
      assertThat(all.worstWindow()).isEqualTo(31);
      Attempts.Rate accepted = simulator.record().attempts().rate(0, true, 0, 1);
      assertThat(accepted.count()).isEqualTo(30);
      assertThat(accepted.worstWindow()).isEqualTo(1);
      assertThat(simulator.record().attempts().rate(0, false, all.lastAt() + 1, 1).count())
          .isZero();
    }
  }

  @Test
  void aRestartContinuesWhereTheSimulatorStopped(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("journal.ndjson");
    try (TestReceiver receiver = new TestReceiver()) {
      SimulatorConfig config =
          config()
              .withJournal(file, 1000)
              .withCallback(receiver.url(), TestReceiver.VERIFY_TOKEN, TestReceiver.SECRET)
              .withScenario(
                  Scenario.smooth().with(Knob.READ_DELAY, "300s").with(Knob.TIME_SCALE, 0));
      String wamid;
      try (Simulator simulator = Simulator.start(config);
          TestClient client = new TestClient(simulator)) {
        client.send("+16505551230", "told");
        assertThat(simulator.awaitQuiet(SOON)).isTrue();
        simulator.controls().webhooks().pause();
        wamid = client.send("+16505551231", "untold").wamid();
      }
      Files.writeString(file, "{\"event\":\"accep", StandardOpenOption.APPEND);
      assertThat(receiver.statuses()).hasSize(3);

      try (Simulator simulator = Simulator.start(config);
          TestClient client = new TestClient(simulator)) {
        assertThat(simulator.awaitQuiet(SOON)).isTrue();
        assertThat(receiver.statuses()).hasSize(6);
        assertThat(receiver.statuses().getLast().path("id").asText()).isEqualTo(wamid);
        Message message = simulator.record().byWamid(wamid).orElseThrow();
        assertThat(message.callbackData()).isEqualTo("untold");
        assertThat(message.acknowledged()).isEqualTo(message.planned());
        assertThat(simulator.record().accepted()).isEqualTo(2);
        assertThat(client.send("+16505551232", "new").wamid()).isNotEqualTo(wamid);
      }
    }
  }

  @Test
  void resetForgetsEverythingAndAlsoInTheFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("journal.ndjson");
    try (Simulator simulator = Simulator.start(config().withJournal(file, 1000));
        TestClient client = new TestClient(simulator)) {
      client.send("+16505551230", "k");
      simulator.controls().reset();

      assertThat(simulator.record().accepted()).isZero();
      assertThat(simulator.record().attempts().counts()).isEmpty();
      assertThat(simulator.record().messages(Query.ALL, 0, 10)).isEmpty();
      assertThat(Files.readString(file)).doesNotContain("\"accepted\"");
      client.send("+16505551230", "k");
      assertThat(simulator.record().repeatedCount()).isZero();
      assertThat(simulator.record().messages(Query.ALL, 0, 10)).hasSize(1);
    }
  }

  @Test
  void theFileIsReadableWithoutTheSimulator(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("journal.ndjson");
    try (TestReceiver receiver = new TestReceiver();
        Simulator simulator =
            Simulator.start(
                config()
                    .withJournal(file, 1000)
                    .withCallback(receiver.url(), TestReceiver.VERIFY_TOKEN, TestReceiver.SECRET));
        TestClient client = new TestClient(simulator)) {
      client.send("+16505551230", "k");
      assertThat(simulator.awaitQuiet(SOON)).isTrue();

      List<String> lines = Files.readAllLines(file);
      assertThat(lines)
          .allSatisfy(line -> assertThat(TestClient.JSON.readTree(line).has("event")).isTrue());
      assertThat(lines)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "\"event\":\"accepted\"",
                          "\"callback_data\":\"k\"",
                          "\"planned\":[\"sent\",\"delivered\",\"read\"]"));
      assertThat(lines)
          .anySatisfy(
              line -> assertThat(line).contains("\"event\":\"acknowledged\"", "[1,\"sent\"]"));
    }
  }
}
