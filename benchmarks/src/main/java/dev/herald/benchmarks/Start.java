package dev.herald.benchmarks;

import dev.herald.analytics.AnalyticsServiceMain;
import dev.herald.billing.BillingServiceMain;
import dev.herald.campaign.CampaignServiceMain;
import dev.herald.gateway.GatewayMain;
import dev.herald.runtime.process.FreePorts;
import dev.herald.standalone.StandaloneMain;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How long a process takes from its start until it says it is ready, each service by itself and
 * standalone with a database that is there; and what standalone holds of memory when nothing
 * happens. The programs are started as the archive and the README start them.
 */
final class Start implements Benchmark {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final long IDLE_MILLIS = 60_000;
  private static final List<String> SERVICE_FLAGS = List.of("-Xmx512m");
  private static final List<String> STANDALONE_FLAGS = List.of("-Xmx1g");

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String description() {
    return "runs=5: median from start to ready, *_ms of each service, slowest_service_ms,"
        + " standalone_ms with an existing database, first_standalone_ms without;"
        + " standalone_idle_mib resident in its JVM a minute after";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int runs = parameters.integer("runs", 5);
    Figures figures = new Figures();
    services(runs, figures);
    standalone(runs, figures);
    return figures.map();
  }

  private static void services(int runs, Figures figures) throws Exception {
    Map<String, double[]> times = new TreeMap<>();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPort(FreePorts.next()).start()) {
      createRoles(postgres);
      for (int run = 0; run < runs; run++) {
        int gatewayPort = FreePorts.next();
        for (Map.Entry<String, Class<?>> service : mains().entrySet()) {
          Map<String, String> settings =
              settings(service.getKey(), postgres.getPort(), gatewayPort);
          try (Part part = Part.start(service.getValue(), SERVICE_FLAGS, settings)) {
            times.computeIfAbsent(service.getKey(), it -> new double[runs])[run] =
                part.millisUntilReady();
          }
        }
        System.err.printf("services: run %d of %d%n", run + 1, runs);
      }
    }
    double slowest = 0;
    for (Map.Entry<String, double[]> service : times.entrySet()) {
      double median = Figures.median(service.getValue());
      figures.add(service.getKey() + "_ms", Math.round(median));
      slowest = Math.max(slowest, median);
    }
    figures.add("slowest_service_ms", Math.round(slowest));
  }

  private static Map<String, Class<?>> mains() {
    return new TreeMap<>(
        Map.of(
            "analytics", AnalyticsServiceMain.class,
            "billing", BillingServiceMain.class,
            "campaign", CampaignServiceMain.class,
            "gateway", GatewayMain.class));
  }

  private static void createRoles(EmbeddedPostgres postgres) throws Exception {
    try (Connection admin = postgres.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      for (String service : mains().keySet()) {
        statement.execute("create role herald_%s login password '%s'".formatted(service, SECRET));
        statement.execute("create schema %1$s authorization herald_%1$s".formatted(service));
      }
    }
  }

  // The others need not be there: a service is ready when it can take calls.
  private static Map<String, String> settings(String service, int database, int gatewayPort) {
    Map<String, String> settings = new HashMap<>();
    settings.put("HERALD_DB_URL", "jdbc:postgresql://127.0.0.1:" + database + "/postgres");
    settings.put("HERALD_DB_USER", "herald_" + service);
    settings.put("HERALD_DB_PASSWORD", SECRET);
    settings.put("HERALD_SERVICE_SECRET", SECRET);
    settings.put("HERALD_MESSAGE_KEY_SECRET", SECRET);
    settings.put("HERALD_ENCRYPTION_KEY", "ab".repeat(32));
    settings.put("HERALD_WHATSAPP_APP_SECRET", SECRET);
    settings.put("HERALD_WHATSAPP_VERIFY_TOKEN", SECRET);
    settings.put("HERALD_PUBLIC_URL", "http://127.0.0.1:" + gatewayPort);
    settings.put("HERALD_JWKS_URL", "http://127.0.0.1:" + gatewayPort + "/.well-known/jwks.json");
    settings.put("HERALD_GRPC_PORT", Integer.toString(FreePorts.next()));
    settings.put("HERALD_OPS_PORT", Integer.toString(FreePorts.next()));
    settings.put("HERALD_HTTP_PORT", Integer.toString(gatewayPort));
    settings.put(Part.READY, service.equals("gateway") ? "HERALD_HTTP_PORT" : "HERALD_OPS_PORT");
    return settings;
  }

  private static void standalone(int runs, Figures figures) throws Exception {
    Path folder = Files.createTempDirectory("herald-start");
    try {
      Map<String, String> settings = new HashMap<>();
      settings.put("HERALD_DATA_DIR", folder.toString());
      settings.put(Part.READY, "HERALD_HTTP_PORT");
      for (String port :
          List.of(
              "HERALD_HTTP_PORT",
              "HERALD_CAMPAIGN_GRPC_PORT",
              "HERALD_ANALYTICS_GRPC_PORT",
              "HERALD_BILLING_GRPC_PORT",
              "HERALD_SIMULATOR_PORT")) {
        settings.put(port, Integer.toString(FreePorts.next()));
      }
      double first;
      try (Part part = Part.start(StandaloneMain.class, STANDALONE_FLAGS, settings)) {
        first = part.millisUntilReady();
        part.awaitPrinted("Herald is running."); // It prepares something to try before.
      }
      double[] times = new double[runs];
      long idle = 0;
      for (int run = 0; run < runs; run++) {
        try (Part part = Part.start(StandaloneMain.class, STANDALONE_FLAGS, settings)) {
          times[run] = part.millisUntilReady();
          if (run == runs - 1) {
            System.err.println("standalone: left alone for a minute");
            Thread.sleep(IDLE_MILLIS);
            idle = part.residentKib();
          }
        }
        System.err.printf("standalone: run %d of %d%n", run + 1, runs);
      }
      figures
          .add("standalone_ms", Math.round(Figures.median(times)))
          .add("first_standalone_ms", Math.round(first))
          .add("standalone_idle_mib", idle / 1024);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
