package dev.herald.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.runtime.process.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The archive is unpacked, configured by its own examples, and its services work together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DistributionTest {
  private static final String KEY = "hk_of-the-test-of-the-archive-0123456789";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Duration READY = Duration.ofSeconds(90);

  private final Map<String, Process> running = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedPostgres postgres;
  private Archive archive;
  private Collector collector;

  @BeforeAll
  void unpack(@TempDir Path folder) throws Exception {
    archive = Archive.unpack(folder);
    collector = Collector.start();
    postgres = EmbeddedPostgres.builder().setPort(FreePorts.next()).start();
    roles();
    for (String service : Archive.SERVICES) {
      ports.put(service, FreePorts.next());
      ports.put(
          service + "-ops", service.equals("gateway") ? ports.get(service) : FreePorts.next());
    }
    ports.put("gateway-grpc", FreePorts.next());
    archive.configure(
        "herald-admin",
        Map.of("HERALD_API_KEY", KEY, "HERALD_GATEWAY_TARGET", target("gateway-grpc")));
    archive.configure(
        "herald",
        Map.of(
            "HERALD_LOG_FORMAT",
            "json",
            "HERALD_OTLP_ENDPOINT",
            collector.address(),
            "HERALD_TRACE_PERCENT",
            "100",
            "HERALD_DB_URL",
            postgres.getJdbcUrl("herald", "herald").replaceAll("\\?.*", ""),
            "HERALD_SERVICE_SECRET",
            SECRET,
            "HERALD_MESSAGE_KEY_SECRET",
            SECRET,
            "HERALD_CAMPAIGN_TARGET",
            target("campaign-service"),
            "HERALD_ANALYTICS_TARGET",
            target("analytics-service"),
            "HERALD_BILLING_TARGET",
            target("billing-service"),
            "HERALD_JWKS_URL",
            "http://" + target("gateway") + "/.well-known/jwks.json"));
    Map<String, String> password = Map.of("HERALD_DB_PASSWORD", SECRET);
    archive.configure("analytics-service", password);
    archive.configure("billing-service", password);
    archive.configure(
        "campaign-service",
        Map.of("HERALD_DB_PASSWORD", SECRET, "HERALD_ENCRYPTION_KEY", "ab".repeat(32)));
    archive.configure(
        "gateway",
        Map.of(
            "HERALD_DB_PASSWORD", SECRET,
            "HERALD_WHATSAPP_APP_SECRET", SECRET,
            "HERALD_WHATSAPP_VERIFY_TOKEN", SECRET,
            "HERALD_PUBLIC_URL", "http://127.0.0.1:" + ports.get("gateway"),
            "HERALD_BOOTSTRAP_API_KEY", KEY));
  }

  @AfterAll
  void stop() throws IOException {
    running.values().forEach(Process::destroyForcibly);
    if (postgres != null) {
      postgres.close();
    }
    if (collector != null) {
      collector.close();
    }
  }

  @Test
  @Order(1)
  void everyServiceStartsFromItsFolder() throws Exception {
    for (String service : Archive.SERVICES) {
      long begin = System.nanoTime();
      running.put(service, archive.start(service, listening(service)));
      await()
          .atMost(READY)
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(
              () ->
                  assertThat(status("http://127.0.0.1:" + ports.get(service + "-ops") + "/readyz"))
                      .as(() -> log(service))
                      .isEqualTo(200));
      System.out.printf(
          "start to ready service=%s millis=%d%n",
          service, (System.nanoTime() - begin) / 1_000_000);
    }
  }

  @Test
  @Order(2)
  void theServicesWorkTogether() {
    // The gateway asks billing, which checks the gateway's token by the gateway's keys.
    await()
        .atMost(READY)
        .untilAsserted(
            () ->
                assertThat(status("http://" + target("gateway") + "/api/v1/wallet"))
                    .isEqualTo(200));
    assertThat(status("http://" + target("gateway") + "/api/v1/campaigns")).isEqualTo(200);
    assertThat(status("http://" + target("gateway") + "/")).isEqualTo(200);
  }

  @Test
  @Order(2)
  void aRequestIsTracedThroughTheServicesAndLoggedWithItsTraceAndWorkspace() throws Exception {
    await()
        .atMost(READY)
        .untilAsserted(
            () -> {
              assertThat(status("http://" + target("gateway") + "/api/v1/wallet")).isEqualTo(200);
              assertThat(collector.has("gateway", "GET /api/v1/wallet")).isTrue();
              assertThat(
                      collector.has("billing-service", "herald.billing.v1.WalletService/GetWallet"))
                  .isTrue();
            });
    ObjectMapper json = new ObjectMapper();
    for (String service : Archive.SERVICES) {
      for (String line : log(service).lines().toList()) {
        JsonNode event = json.readTree(line);
        assertThat(event.hasNonNull("timestamp") && event.hasNonNull("level")).as(line).isTrue();
        assertThat(event.path("formattedMessage").asText()).as(line).isNotEmpty();
      }
    }
  }

  @Test
  @Order(2)
  void theMetricsAreThoseOfTheHandbookTheAlertsAndTheDashboard() throws Exception {
    Set<String> real = new TreeSet<>();
    Set<String> samples = new TreeSet<>();
    // Some are there when something has been asked.
    await()
        .atMost(READY)
        .untilAsserted(
            () -> {
              assertThat(status("http://" + target("gateway") + "/api/v1/wallet")).isEqualTo(200);
              for (String service : Archive.SERVICES) {
                String text = metrics(service);
                real.addAll(names(text, "# TYPE (herald_\\w+) "));
                samples.addAll(names(text, "(?m)^(herald_\\w+)[{ ]"));
              }
              assertThat(real).contains("herald_http_requests_seconds");
            });
    // Only the largest of a time, or of a size, in the present minutes.
    real.removeIf(name -> name.endsWith("_max"));
    assertThat(names(Files.readString(archive.file("docs/metrics.md")), "\\| `(herald_\\w+)` \\|"))
        .isEqualTo(real);
    for (String file : List.of("deploy/prometheus/alerts.yaml", "deploy/grafana/dashboard.json")) {
      assertThat(samples)
          .as(file)
          .containsAll(names(Files.readString(archive.file(file)), "\\b(herald_\\w+)\\b"));
    }
  }

  @Test
  @Order(2)
  void theAdministratorsProgramSpeaksToAllOfThem() throws Exception {
    for (List<String> command :
        List.of(
            List.of("workspace", "list"),
            List.of("ledger", "audit", "--all"),
            List.of("channel", "list"),
            List.of("campaign", "reconcile"))) {
      Process process = archive.start("herald-admin", Map.of(), command);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(() -> log("herald-admin")).isZero();
    }
    assertThat(log("herald-admin")).isEqualTo("0 campaigns reconciled, 0 with differences\n");
  }

  @Test
  @Order(3)
  void everyServiceStopsWhenItIsAskedTo() throws Exception {
    for (String service : Archive.SERVICES.reversed()) {
      Process process = running.get(service);
      process.destroy();
      assertThat(process.waitFor(75, TimeUnit.SECONDS)).as(() -> log(service)).isTrue();
      assertThat(process.exitValue()).as(() -> log(service)).isEqualTo(143);
      assertThat(log(service)).contains("Stopped service=");
    }
  }

  @Test
  @Order(4)
  void aSettingThatIsMissingIsNamed() throws Exception {
    Files.delete(archive.file("conf/billing-service.env"));
    Process process = archive.start("billing-service", Map.of());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(log("billing-service")).contains("HERALD_DB_USER");
  }

  @Test
  @Order(5)
  void aLineThatIsNoSettingIsNamed() throws Exception {
    Files.write(archive.file("conf/billing-service.env"), List.of("HERALD_DB_USER = herald"));
    Process process = archive.start("billing-service", Map.of());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(log("billing-service")).contains("not a setting's name: HERALD_DB_USER ");
  }

  // What the environment says goes before the files.
  private Map<String, String> listening(String service) {
    return service.equals("gateway")
        ? Map.of(
            "HERALD_HTTP_PORT", ports.get(service).toString(),
            "HERALD_GRPC_PORT", ports.get("gateway-grpc").toString())
        : Map.of(
            "HERALD_GRPC_PORT", ports.get(service).toString(),
            "HERALD_OPS_PORT", ports.get(service + "-ops").toString());
  }

  private String target(String service) {
    return "127.0.0.1:" + ports.get(service);
  }

  private int status(String address) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + KEY)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String metrics(String service) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + ports.get(service + "-ops") + "/metrics"))
            .timeout(Duration.ofSeconds(10))
            .build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  private static Set<String> names(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String log(String service) {
    try {
      return Files.readString(archive.log(service));
    } catch (IOException e) {
      return e.toString();
    }
  }

  // The file of roles as psql runs it, with its variables filled in.
  private void roles() throws IOException, SQLException {
    String sql = Files.readString(archive.file("deploy/postgresql/roles.sql"));
    for (String role : List.of("gateway", "campaign", "analytics", "billing")) {
      sql = sql.replace("password :" + role + ";", "password '" + SECRET + "';");
    }
    try (Connection admin = postgres.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute("create database herald");
    }
    try (Connection admin = postgres.getDatabase("postgres", "herald").getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }
}
