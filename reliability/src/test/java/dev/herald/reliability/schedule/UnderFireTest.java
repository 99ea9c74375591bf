package dev.herald.reliability.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.reliability.oracle.Oracle;
import dev.herald.reliability.oracle.Violation;
import dev.herald.reliability.stack.Backup;
import dev.herald.reliability.stack.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
            .filter(line -> line.contains("\"accepted\"") && line.contains("h1." + broadcast + "."))
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

  @Test
  @Order(4)
  void theLogsOfAnInstallationUnderFireHoldNoSecretAndNoPhoneNumber() throws Exception {
    List<String> phones =
        Files.readAllLines(lane.acknowledgementFile()).stream()
            .flatMap(line -> Pattern.compile("\\b(?:91|55)\\d{10,11}\\b").matcher(line).results())
            .map(MatchResult::group)
            .distinct()
            .toList();
    assertThat(phones).hasSizeGreaterThan(100);
    List<String> secrets =
        List.of(Installation.API_KEY, Installation.accessToken(), "ab".repeat(32));
    for (String service : Installation.SERVICES) {
      String log = Files.readString(lane.folder().resolve(service + ".log"));
      assertThat(log).as("the log of %s", service).contains("Started service=");
      assertThat(secrets.stream().filter(log::contains))
          .as("secrets in the log of %s", service)
          .isEmpty();
      assertThat(phones.stream().filter(log::contains))
          .as("numbers in the log of %s", service)
          .isEmpty();
    }
  }

  /** As docs/backup.md says it. */
  @Test
  @Order(5)
  void afterARestoreNothingIsSentByItselfAndTheFiguresComeBackWithWhatsAppsWord() throws Exception {
    Installation installation = lane.installation();
    Backup backup = Backup.take(installation.postgres(), lane.folder().resolve("backup"));
    String campaign = lane.campaign("Restored", false, 400, 80);
    await().until(() -> lane.whatsapp().taken(campaign) >= 80);
    installation.postgres().restorePoint("then");
    int then = lane.whatsapp().taken(campaign);
    await().until(() -> lane.whatsapp().taken(campaign) >= then + 80);

    installation.lose();
    int taken = lane.whatsapp().taken(campaign);
    installation.postgres().restore(backup, "then");
    installation.heal();

    assertThat(taken).isGreaterThan(then).isLessThan(400);
    JsonNode restored = lane.client().get("campaigns/" + campaign);
    assertThat(restored.path("status").asText()).isEqualTo("PAUSED");
    assertThat(restored.toString()).contains("RESTORED");
    // What happened before is as it was promised, and the books are exact.
    try (Connection database = installation.postgres().snapshot()) {
      assertThat(
              new Oracle(installation.journal(), lane.acknowledgementFile())
                  .judge(database, one -> one == broadcast))
          .isEmpty();
    }

    lane.client().post("campaigns/" + campaign + ":stop", Map.of(), "");
    lane.whatsapp().replay(campaign);
    await().untilAsserted(() -> assertBooks(campaign, told(campaign)));
    assertThat(lane.whatsapp().taken(campaign)).as("messaged after the restore").isEqualTo(taken);
  }

  /** So many messages count as sent, by the record: told sent, and not failed unless delivered. */
  private long told(String campaign) throws Exception {
    Map<Long, Set<String>> told = new HashMap<>();
    ObjectMapper json = new ObjectMapper();
    for (String text : Files.readAllLines(lane.installation().journal())) {
      JsonNode line = json.readTree(text);
      if (line.path("callback_data").asText().startsWith("h1." + campaign + ".")) {
        told.put(line.path("id").asLong(), new TreeSet<>());
      }
      for (JsonNode update : line.path("updates")) {
        Set<String> words = told.get(update.path(0).asLong());
        if (words != null) {
          words.add(update.path(1).asText());
        }
      }
    }
    return told.values().stream()
        .filter(
            words ->
                words.contains("delivered")
                    || words.contains("read")
                    || (words.contains("sent") && !words.contains("failed")))
        .count();
  }

  private void assertBooks(String campaign, long sent) throws Exception {
    assertThat(number("select sent from analytics.campaign where campaign_id = " + campaign))
        .as("sent")
        .isEqualTo(sent);
    assertThat(
            number("select sum(charged_total) from billing.line where campaign_id = " + campaign))
        .as("charged")
        .isEqualTo(sent);
    try (Connection database = lane.installation().postgres().snapshot()) {
      assertThat(
              new Oracle(lane.installation().journal(), lane.acknowledgementFile())
                  .judge(database, one -> false))
          .as("the ledger")
          .isEmpty();
    }
  }

  private long number(String sql) throws Exception {
    try (Connection database = lane.installation().postgres().connect();
        Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
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
