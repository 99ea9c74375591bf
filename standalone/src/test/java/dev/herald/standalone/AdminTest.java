package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.gateway.admin.AdminMain;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.process.FreePorts;
import dev.herald.standalone.Program.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** herald-admin as a process, against a whole Herald. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> environment = new HashMap<>();
  private Path folder;
  private Stage stage;
  private String campaign;

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    this.folder = folder;
    String port = Integer.toString(FreePorts.next());
    stage =
        Stage.open(
            folder.resolve("data"),
            Map.of("HERALD_GRPC_GATEWAY", "true", "HERALD_GRPC_PORT", port));
    Herald herald = stage.herald();
    environment.put("HERALD_GATEWAY_TARGET", "127.0.0.1:" + port);
    environment.put("HERALD_CAMPAIGN_TARGET", "127.0.0.1:" + herald.ports().campaign());
    environment.put("HERALD_ANALYTICS_TARGET", "127.0.0.1:" + herald.ports().analytics());
    environment.put("HERALD_BILLING_TARGET", "127.0.0.1:" + herald.ports().billing());
    environment.put("HERALD_API_KEY", herald.apiKey());
    environment.put("HERALD_SERVICE_SECRET", herald.serviceSecret().value());
    campaign = stage.draft("For the books", 40);
    stage.launch(campaign);
    stage.awaitStatus(campaign, "SENT");
    await()
        .untilAsserted(
            () -> {
              JsonNode report = stage.api().post("campaigns/" + campaign + ":reconcile", Map.of());
              assertThat(report.path("exact").asBoolean()).as("%s", report).isTrue();
              assertThat(report.path("recomputed").path("accepted").asInt()).isZero();
            });
  }

  @AfterAll
  void close() throws IOException {
    if (stage != null) {
      stage.close();
    }
  }

  @Test
  @Order(1)
  void aWorkspaceIsMadeOnceAndListed() throws IOException {
    String[] create = {
      "workspace",
      "create",
      "--name",
      "Second",
      "--time-zone",
      "Asia/Kolkata",
      "--currency",
      "EUR",
      "--owner-email",
      "owner@example.org",
      "--request-id",
      "the-second",
      "--json"
    };
    JsonNode made = json(fine(create)).getFirst();
    assertThat(made.path("signInLink").asText()).startsWith("http");
    assertThat(json(fine(create)).getFirst()).isEqualTo(made);
    assertThat(json(fine("workspace", "list", "--json")))
        .extracting(one -> one.path("name").asText())
        .containsExactly("Herald", "Second");
    assertThat(
            refused(
                "workspace",
                "create",
                "--name",
                "Third",
                "--time-zone",
                "Mars/Olympus",
                "--currency",
                "INR",
                "--owner-email",
                "owner@example.org"))
        .isEqualTo("herald-admin: time_zone: Name a time zone such as Asia/Kolkata.\n");
  }

  @Test
  @Order(1)
  void whatIsTooOldIsRemovedWhenTheOperatorSaysSo() throws IOException {
    assertThat(fine("retention", "run").output())
        .isEqualTo("0 blocks of up to 4,096 messages older than 400 days removed\n");
    Outcome stranger = run(Map.of("HERALD_SERVICE_SECRET", ""), "retention", "run");
    assertThat(stranger.exitCode()).isEqualTo(2);
    assertThat(stranger.errors()).contains("HERALD_SERVICE_SECRET");
  }

  @Test
  @Order(1)
  void aKeyWorksUntilItIsRevoked() throws IOException {
    JsonNode made =
        json(fine("key", "create", "--name", "of a test", "--role", "VIEWER", "--json")).getFirst();
    String id = made.path("apiKey").path("id").asText();
    Map<String, String> asViewer = Map.of("HERALD_API_KEY", made.path("secret").asText());
    assertThat(run(asViewer, "campaign", "list").output()).contains(campaign);
    assertThat(run(asViewer, "key", "list").errors()).contains("needs the role owner");
    assertThat(fine("key", "list").output()).contains(id, "VIEWER", "of a test");

    assertThat(fine("key", "revoke", id).output()).isEqualTo("key " + id + " is revoked\n");
    Outcome revoked = run(asViewer, "campaign", "list", "--json");
    assertThat(revoked.exitCode()).isEqualTo(2);
    assertThat(JSON.readTree(revoked.errors()).path("reason").asText())
        .isEqualTo("CREDENTIALS_INVALID");
    assertThat(fine("key", "list").output()).doesNotContain(id + "  ");
    assertThat(fine("key", "list", "--with-revoked").output()).contains("of a test  revoked");
    assertThat(stage.api().get("auditLog").findValuesAsText("action"))
        .contains("CREATE_API_KEY", "DELETE_API_KEY");
  }

  @Test
  @Order(1)
  void aChannelIsChecked() throws IOException {
    String channel = stage.channelId();
    assertThat(fine("channel", "list").output()).contains(channel);
    assertThat(fine("channel", "check", channel).output())
        .startsWith("channel " + channel + ": healthy");
    assertThat(refused("channel", "check", "99")).contains("(CHANNEL_NOT_FOUND)");
  }

  @Test
  @Order(1)
  void whatWasSentIsWhatWasCharged() throws IOException {
    assertThat(fine("campaign", "reconcile", campaign).output())
        .startsWith("campaign " + campaign + ": exact, 40 messages checked, ")
        .endsWith("1 campaigns reconciled, 0 with differences\n");
    JsonNode report = json(fine("campaign", "reconcile", campaign, "--json")).getFirst();
    assertThat(report.path("report").path("recomputed").path("sent").asInt())
        .isEqualTo(report.path("cost").path("chargedMessages").asInt());
    assertThat(fine("campaign", "reconcile").output()).contains("campaign " + campaign);
  }

  @Test
  @Order(1)
  void theRecipientsAreExportedWithTheirOutcome() throws IOException {
    Outcome csv = fine("campaign", "export", campaign);
    assertThat(csv.lines()).hasSize(41);
    assertThat(csv.lines().getFirst()).startsWith("ordinal,phone,name,country,outcome,");
    Path file = folder.resolve("recipients.csv");
    assertThat(
            json(fine("campaign", "export", campaign, "--to", file.toString(), "--json"))
                .getFirst()
                .path("file")
                .asText())
        .isEqualTo(file.toString());
    assertThat(Files.readAllLines(file)).hasSize(41);
    assertThat(refused("campaign", "export", campaign, "--to", file.toString()))
        .contains(file.toString());
    assertThat(refused("campaign", "export", "99")).contains("(CAMPAIGN_NOT_FOUND)");
  }

  @Test
  @Order(2)
  void theBooksAreProvenSettledAndADifferenceIsTheExitCode() throws Exception {
    String workspace = stage.api().get("workspace").path("id").asText();
    assertThat(fine("ledger", "audit").output()).startsWith("exact, ");
    assertThat(fine("ledger", "audit", "--all").output())
        .contains("workspace " + workspace + ": exact", " wallets audited, 0 with differences");
    String[] settle = {
      "ledger",
      "settle",
      workspace,
      "--amount",
      "-0.25",
      "--currency",
      "USD",
      "--note",
      "A dispute",
      "--request-id",
      "dispute-1"
    };
    assertThat(fine(settle).output()).contains("-0.25 USD").isEqualTo(fine(settle).output());
    assertThat(
            refused(
                "ledger",
                "settle",
                workspace,
                "--amount",
                "0.0000001",
                "--currency",
                "USD",
                "--note",
                "Too small"))
        .contains("six decimals");

    try (Connection connection = stage.herald().superuser();
        Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = replica");
      statement.execute(
          "update billing.ledger_entry set available_after = 1 where number = 1 and workspace_id = "
              + workspace);
    }
    Outcome wrong = run(Map.of(), "ledger", "audit", "--all");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.output())
        .contains("DIFFERENCES", "Entry 1 does not continue", "1 with differences");
    JsonNode report =
        json(run(Map.of(), "ledger", "audit", workspace, "--json")).getFirst().path("report");
    assertThat(report.path("exact").asBoolean()).isFalse();
  }

  @Test
  @Order(1)
  void whatIsMissingOrAwayIsSaidInASentence() throws IOException {
    Outcome keyless = process(Map.of("HERALD_API_KEY", ""), "campaign", "list");
    assertThat(keyless.errors())
        .isEqualTo("herald-admin: HERALD_API_KEY is not set; this command needs it.\n");
    assertThat(keyless.output()).isEmpty();
    assertThat(keyless.exitCode()).isEqualTo(2);
    Outcome away = run(Map.of("HERALD_GATEWAY_TARGET", "127.0.0.1:1"), "key", "list");
    assertThat(away.exitCode()).isEqualTo(2);
    assertThat(away.errors().lines().toList()).hasSize(1);
    assertThat(run(Map.of(), "campaign", "export", "x").exitCode()).isEqualTo(2);
    assertThat(run(Map.of()).exitCode()).isEqualTo(2);
  }

  private String refused(String... arguments) {
    Outcome outcome = run(Map.of(), arguments);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
    return outcome.errors();
  }

  private Outcome fine(String... arguments) {
    Outcome outcome = run(Map.of(), arguments);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    return outcome;
  }

  // In this JVM: a start for each of fifty commands would be most of the time of the test.
  private Outcome run(Map<String, String> more, String... arguments) {
    var output = new ByteArrayOutputStream();
    var errors = new ByteArrayOutputStream();
    int code =
        AdminMain.run(
            arguments,
            Settings.of(environment(more)),
            new PrintStream(output, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    return new Outcome(
        code, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
  }

  private Map<String, String> environment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return all;
  }

  /** The same as the program that it is. */
  private Outcome process(Map<String, String> more, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AdminMain.class.getName()));
    command.addAll(List.of(arguments));
    return Program.run(command, environment(more), InputStream.nullInputStream());
  }

  private static List<JsonNode> json(Outcome outcome) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : outcome.lines()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
