package dev.herald.reliability.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.kafka.KafkaBroker;
import dev.herald.reliability.stack.Fleet;
import dev.herald.runtime.process.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two of each service, webhooks in Kafka, and every process killed or replaced in its turn while a
 * campaign runs: the independent oracle finds everything exact.
 */
class FleetTest {
  private static final int AUDIENCE = 1500;
  // So slow that it cannot be over before the last instance has had its turn.
  private static final int RATE = 5;
  private static final int FINAL_RATE = 200;

  @Test
  void whileEveryInstanceGoesInItsTurnACampaignEndsExact(@TempDir Path folder) throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(folder, FreePorts.next(), FreePorts.next());
        Lane lane =
            Lane.open(
                folder,
                Map.of("HERALD_WEBHOOK_LOG", "kafka:" + broker.address() + "/herald.webhooks"));
        Fleet fleet = Fleet.of(lane.installation(), 2)) {
      String campaign = lane.campaign("A campaign of a fleet", false, AUDIENCE, RATE);

      // The machine with the first of each dies; then the others are upgraded one by one.
      fleet.killAndRestart(fleet.names().stream().filter(name -> name.endsWith("-a")).toList());
      fleet.names().stream().filter(name -> name.endsWith("-b")).forEach(fleet::replace);
      broker.kill();
      broker.start();
      hurry(lane);

      lane.awaitSent(campaign);
      await()
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(lane.judgeAll()).isEmpty());
    }
  }

  private static void hurry(Lane lane) {
    String channel = lane.client().get("channels").path("channels").path(0).path("id").asText();
    lane.client().patch("channels/" + channel, Map.of("rate", FINAL_RATE));
  }
}
