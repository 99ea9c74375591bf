package dev.herald.reliability.schedule;

import dev.herald.kafka.KafkaBroker;
import dev.herald.reliability.oracle.Violation;
import dev.herald.reliability.stack.Fleet;
import dev.herald.runtime.process.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Two of each service, webhooks in Kafka, and every process killed or replaced in its turn while a
 * campaign runs: the independent oracle must find everything exact.
 */
public final class FleetRun {
  private static final int AUDIENCE = 1500;
  // So slow that it cannot be over before the last instance has had its turn.
  private static final int RATE = 5;
  private static final int FINAL_RATE = 200;
  // What is on its way when the campaign is SENT arrives within this, or is lost.
  private static final Duration SETTLING = Duration.ofMinutes(2);

  private FleetRun() {}

  /** Prints what was done; true if nothing was violated. */
  public static boolean run(Path folder) throws Exception {
    Files.createDirectories(folder);
    try (KafkaBroker broker = KafkaBroker.start(folder, FreePorts.next(), FreePorts.next());
        Lane lane =
            Lane.open(
                folder,
                Map.of("HERALD_WEBHOOK_LOG", "kafka:" + broker.address() + "/herald.webhooks"));
        Fleet fleet = Fleet.of(lane.installation(), 2)) {
      String campaign = lane.campaign("A campaign of a fleet", false, AUDIENCE, RATE);

      // The machine with the first of each dies; then the others are upgraded one by one.
      List<String> first = named(fleet, "-a");
      System.out.println("killed and started again: " + String.join(", ", first));
      fleet.killAndRestart(first);
      for (String name : named(fleet, "-b")) {
        System.out.println("replaced: " + name);
        fleet.replace(name);
      }
      System.out.println("killed and started again: the Kafka broker");
      broker.kill();
      broker.start();
      hurry(lane);

      lane.awaitSent(campaign);
      List<Violation> violations = settled(lane);
      violations.forEach(System.out::println);
      System.out.printf(
          "reliability fleet instances=%d messages=%d violations=%d%n",
          fleet.names().size(), AUDIENCE, violations.size());
      return violations.isEmpty();
    }
  }

  private static List<String> named(Fleet fleet, String ending) {
    return fleet.names().stream().filter(name -> name.endsWith(ending)).toList();
  }

  private static List<Violation> settled(Lane lane) throws Exception {
    Instant latest = Instant.now().plus(SETTLING);
    List<Violation> violations = lane.judgeAll();
    while (!violations.isEmpty() && Instant.now().isBefore(latest)) {
      Thread.sleep(1000);
      violations = lane.judgeAll();
    }
    return violations;
  }

  private static void hurry(Lane lane) {
    String channel = lane.client().get("channels").path("channels").path(0).path("id").asText();
    lane.client().patch("channels/" + channel, Map.of("rate", FINAL_RATE));
  }
}
