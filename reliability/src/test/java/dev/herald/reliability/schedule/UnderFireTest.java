package dev.herald.reliability.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.reliability.oracle.Oracle;
import dev.herald.reliability.oracle.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A few schedules on real processes, and an oracle that is shown to see. {@code reliability/run}
 * runs as many as one likes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UnderFireTest {
  // A broadcast and an API campaign; a service and PostgreSQL are killed.
  private static final long[] SEEDS = {11, 26};

  private Lane lane;
  private long broadcast;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    lane = Lane.open(folder);
  }

  @AfterAll
  void close() throws IOException {
    lane.close();
  }

  @Test
  @Order(1)
  void afterEveryScheduleAllIsAsPromised() throws Exception {
    for (long seed : SEEDS) {
      ScheduleRun.Result result = lane.run(Schedule.of(seed));
      assertThat(result.violations())
          .as("%s; injected %s", result.schedule(), result.injected())
          .isEmpty();
      assertThat(result.injected()).as("%s", result.schedule()).isNotEmpty();
      if (!result.schedule().api()) {
        broadcast = Long.parseLong(result.campaign());
      }
    }
    assertThat(lane.judgeAll()).isEmpty();
  }

  @Test
  @Order(2)
  void theOracleSeesWhatIsPlantedInTheTables() throws Exception {
    planted(
        "P1",
        "update analytics.message set evidence = evidence | 16 where % and evidence & 60 = 12");
    planted(
        "P2",
        "update analytics.message set evidence = evidence & ~12 where % and evidence & 60 = 12");
    planted("P4", "delete from analytics.message where % and ordinal = 3");
    planted("P4", "update campaign.campaign set status = 'LIVE', ended_at = null where %");
    planted("P1", "update analytics.campaign set failed = failed + 1 where %");
    planted("P1", "update analytics.campaign_minute set sent = sent + 1 where %");
    planted("P1", "update analytics.failure_reason set messages = messages + 1 where %");
    planted("P6", "update billing.line set charged_total = charged_total - 1 where %");
    planted("P6", "update billing.line set held = held + 1 where %");
    planted(
        "P6",
        "update billing.ledger_entry set amount = amount * 2, messages = messages * 2 where % and"
            + " cause = 'CHARGE'");
    planted("P6", "update billing.wallet set available = available + 1, reserved = reserved - 1");
    planted("P6", "delete from billing.ledger_entry where number = 1");
  }

  @Test
  @Order(3)
  void theOracleSeesASecondMessageAndOneBehindABarrier() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(lane.installation().journal()));
    String taken =
        lines.stream()
            .filter(
                line -> line.contains("\"accepted\"") && line.contains("h1." + broadcast + ".7."))
            .findFirst()
            .orElseThrow();
    lines.add(taken);
    Path twice = Files.write(lane.folder().resolve("twice"), lines);
    assertThat(promisesBroken(new Oracle(twice, lane.acknowledgementFile()))).contains("P3");

    List<String> acknowledged = new ArrayList<>(Files.readAllLines(lane.acknowledgementFile()));
    acknowledged.add("{\"kind\":\"paused\",\"campaign\":" + broadcast + ",\"at\":1}");
    Path paused = Files.write(lane.folder().resolve("paused"), acknowledged);
    assertThat(promisesBroken(new Oracle(lane.installation().journal(), paused))).contains("P5");

    acknowledged.removeLast();
    acknowledged.add("{\"kind\":\"top_up\",\"request\":\"lost\",\"micros\":5,\"at\":1}");
    Path lost = Files.write(lane.folder().resolve("lost"), acknowledged);
    assertThat(promisesBroken(new Oracle(lane.installation().journal(), lost))).contains("P6");
  }

  private void planted(String promise, String sql) throws Exception {
    try (Connection database = lane.installation().postgres().snapshot()) {
      try (Statement statement = database.createStatement()) {
        // Past the triggers that would refuse it.
        statement.execute("set local session_replication_role = replica");
        int changed = statement.executeUpdate(sql.replace("%", "campaign_id = " + broadcast));
        assertThat(changed).as(sql).isPositive();
      }
      Oracle oracle = new Oracle(lane.installation().journal(), lane.acknowledgementFile());
      List<Violation> seen = oracle.judge(database, one -> one == broadcast);
      assertThat(seen.stream().map(Violation::promise)).as(sql).contains(promise);
      database.rollback();
    }
  }

  private List<String> promisesBroken(Oracle oracle) throws Exception {
    try (Connection database = lane.installation().postgres().snapshot()) {
      return oracle.judge(database, one -> one == broadcast).stream()
          .map(Violation::promise)
          .toList();
    }
  }
}
