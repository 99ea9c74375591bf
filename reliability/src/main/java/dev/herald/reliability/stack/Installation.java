package dev.herald.reliability.stack;

import dev.herald.runtime.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A whole Herald as an operator would run it: four services, PostgreSQL and the WhatsApp stand-in
 * are processes of their own, and every connection between two of them runs through a {@link Link}.
 * A supervisor starts what has died, as systemd or Kubernetes would.
 */
public final class Installation implements AutoCloseable {
  public static final List<String> SERVICES =
      List.of("billing", "analytics", "campaign", "gateway");
  public static final String API_KEY = "hk_reliability_0123456789abcdef";
  public static final String WHATSAPP = "whatsapp";
  public static final int PHONE_NUMBERS = 4;

  private static final Duration READY = Duration.ofSeconds(90);
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String SECOND = "campaign2";
  // No two installations of this process get the same.
  private static final Map<String, String> BUSIEST =
      Map.of(
          "billing", "line",
          "analytics", "message",
          "campaign", "campaign",
          "gateway", "webhook_pending");

  private final Path folder;
  private final Postgres postgres;
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final Map<String, Jvm> parts = new LinkedHashMap<>();
  private final Map<String, WallClock> clocks = new HashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Map<String, Integer> ports = new HashMap<>();
  private final Map<String, String> extra;
  private int upgrades;
  private volatile boolean closed;
  private volatile long restartDelayMillis = 100;

  private Installation(Path folder, Postgres postgres, Map<String, String> extra) {
    this.folder = folder;
    this.postgres = postgres;
    this.extra = extra;
  }

  /**
   * Starts everything in an empty folder and returns when all can work.
   *
   * @param extra settings on top of those the parts need, for all of them
   */
  public static Installation start(Path folder, Map<String, String> extra) throws IOException {
    Postgres postgres = Postgres.create(folder, FreePorts.next(), SECRET);
    Installation installation = new Installation(folder, postgres, extra);
    try {
      installation.assemble();
      return installation;
    } catch (RuntimeException | IOException e) {
      installation.close();
      throw e;
    }
  }

  private void assemble() throws IOException {
    List<String> names =
        List.of(
            "billing",
            "billing-ops",
            "analytics",
            "analytics-ops",
            "campaign",
            "campaign-ops",
            "campaign2",
            "campaign2-ops",
            "gateway",
            WHATSAPP);
    names.forEach(name -> ports.put(name, FreePorts.next()));
    for (String service : SERVICES) {
      link(service + "-postgres", postgres.port());
    }
    link("campaign-analytics", number("analytics"));
    link("campaign-billing", number("billing"));
    link("analytics-billing", number("billing"));
    link("gateway-campaign", number("campaign"));
    link("gateway-analytics", number("analytics"));
    link("gateway-billing", number("billing"));
    link("campaign-whatsapp", number(WHATSAPP));
    link("whatsapp-gateway", number("gateway"));
    link("client-gateway", number("gateway"));

    add("billing", "dev.herald.billing.BillingServiceMain", Map.of());
    add(
        "analytics",
        "dev.herald.analytics.AnalyticsServiceMain",
        Map.of("HERALD_BILLING_TARGET", through("analytics-billing")));
    add("campaign", "dev.herald.campaign.CampaignServiceMain", campaignSettings());
    add(
        "gateway",
        "dev.herald.gateway.GatewayMain",
        Map.of(
            "HERALD_CAMPAIGN_TARGET", through("gateway-campaign"),
            "HERALD_ANALYTICS_TARGET", through("gateway-analytics"),
            "HERALD_BILLING_TARGET", through("gateway-billing")));
    parts.put(
        WHATSAPP,
        new Jvm(
            WHATSAPP,
            "dev.herald.simulator.SimulatorMain",
            List.of(),
            simulatorSettings(),
            whatsapp().resolve("/simulator"),
            folder));
    parts.values().forEach(Jvm::start);
    parts.values().forEach(part -> part.awaitReady(http, READY));
    Thread.ofPlatform().daemon().name("supervisor").start(this::supervise);
  }

  private Map<String, String> campaignSettings() {
    return Map.of(
        "HERALD_ANALYTICS_TARGET",
        through("campaign-analytics"),
        "HERALD_BILLING_TARGET",
        through("campaign-billing"),
        "HERALD_SIMULATOR_URL",
        "http://" + through("campaign-whatsapp"),
        "HERALD_WHATSAPP_SEND_TIMEOUT",
        "2s",
        "HERALD_DISPATCH_LEASE",
        "2s",
        "HERALD_DISPATCH_GRACE",
        "1s");
  }

  private void add(String service, String mainClass, Map<String, String> own) {
    Map<String, String> settings = new HashMap<>(own);
    boolean gateway = service.equals("gateway");
    String schema = service.equals(SECOND) ? "campaign" : service;
    settings.put(
        "HERALD_DB_URL",
        "jdbc:postgresql://" + through(schema + "-postgres") + "/" + Postgres.DATABASE);
    settings.put("HERALD_DB_USER", Postgres.role(schema));
    settings.put("HERALD_DB_PASSWORD", SECRET);
    settings.put("HERALD_DB_POOL", "12");
    settings.put("HERALD_SERVICE_SECRET", SECRET);
    settings.put("HERALD_MESSAGE_KEY_SECRET", SECRET);
    settings.put("HERALD_ENCRYPTION_KEY", "ab".repeat(32));
    settings.put("HERALD_WHATSAPP_APP_SECRET", SECRET);
    settings.put("HERALD_WHATSAPP_VERIFY_TOKEN", SECRET);
    settings.put(
        "HERALD_JWKS_URL", "http://127.0.0.1:" + number("gateway") + "/.well-known/jwks.json");
    if (gateway) {
      settings.put("HERALD_HTTP_PORT", port("gateway"));
      settings.put("HERALD_BOOTSTRAP_API_KEY", API_KEY);
      settings.put("HERALD_WEBHOOK_LEASE", "3s");
      settings.put("HERALD_RATE_LIMIT", "100000");
      settings.put("HERALD_RATE_LIMIT_BURST", "100000");
    } else {
      settings.put("HERALD_GRPC_PORT", port(service));
      settings.put("HERALD_OPS_PORT", port(service + "-ops"));
    }
    settings.putAll(extra);
    settings.putAll(
        clocks
            .computeIfAbsent(service, name -> new WallClock(folder.resolve(name + ".clock")))
            .environment());
    String ops = gateway ? "gateway" : service + "-ops";
    parts.put(
        service,
        new Jvm(
            service,
            mainClass,
            List.of("-Dherald.crash.file=" + crashFile(service)),
            settings,
            URI.create("http://127.0.0.1:" + number(ops) + "/readyz"),
            folder));
  }

  private Map<String, String> simulatorSettings() {
    Map<String, String> settings = new HashMap<>();
    String prefix = "HERALD_SIMULATOR_";
    settings.put(prefix + "PORT", port(WHATSAPP));
    settings.put(prefix + "THROUGHPUT", "1000");
    settings.put(prefix + "PHONE_NUMBERS", Integer.toString(PHONE_NUMBERS));
    settings.put(prefix + "JOURNAL_FILE", journal().toString());
    settings.put(prefix + "ACCESS_TOKEN", SECRET);
    settings.put(prefix + "APP_SECRET", SECRET);
    settings.put(prefix + "VERIFY_TOKEN", SECRET);
    settings.put(
        prefix + "CALLBACK_URL", "http://" + through("whatsapp-gateway") + "/webhooks/whatsapp");
    return settings;
  }

  int number(String part) {
    return Objects.requireNonNull(ports.get(part), part);
  }

  private String port(String part) {
    return Integer.toString(number(part));
  }

  private void link(String name, int target) throws IOException {
    links.put(name, Link.open(name, FreePorts.next(), target));
  }

  private String through(String link) {
    return "127.0.0.1:" + link(link).port();
  }

  /** Starts a second campaign-service on the same tables, and stops it again when closed. */
  public AutoCloseable secondDispatcher() {
    if (!parts.containsKey(SECOND)) {
      add(SECOND, "dev.herald.campaign.CampaignServiceMain", campaignSettings());
    }
    Jvm second = part(SECOND);
    second.start();
    return second::retire;
  }

  /** The record of WhatsApp's stand-in. */
  public Path journal() {
    return folder.resolve("whatsapp.journal");
  }

  /** Where a service is told at which named point it is to end. */
  public Path crashFile(String service) {
    return folder.resolve(service + ".crash");
  }

  /** Where clients of the HTTP API connect to. */
  public URI api() {
    return URI.create("http://" + through("client-gateway"));
  }

  /** The gateway itself, past all links. */
  public URI gateway() {
    return URI.create("http://127.0.0.1:" + number("gateway"));
  }

  /** The stand-in itself, past all links. */
  public URI whatsapp() {
    return URI.create("http://127.0.0.1:" + number(WHATSAPP));
  }

  public static String accessToken() {
    return SECRET;
  }

  public Postgres postgres() {
    return postgres;
  }

  public Link link(String name) {
    return Objects.requireNonNull(links.get(name), name);
  }

  public List<String> linkNames() {
    return List.copyOf(links.keySet());
  }

  /** The time of day as a service sees it. */
  public WallClock clock(String service) {
    return Objects.requireNonNull(clocks.get(service), service);
  }

  public Jvm part(String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  public Collection<Jvm> parts() {
    return List.copyOf(parts.values());
  }

  public HttpClient http() {
    return http;
  }

  /**
   * Replaces every service by a next version, one after the other, as a rolling upgrade does it. A
   * next version brings a migration of each schema's busiest table; the others go on with the new
   * schema meanwhile.
   */
  public void upgrade() throws IOException {
    int version = ++upgrades;
    Path release = folder.resolve("release-" + version);
    for (String schema : SERVICES) {
      for (int each = 1; each <= version; each++) {
        Path migrations = release.resolve("db/migration").resolve(schema);
        Files.createDirectories(migrations);
        Files.writeString(
            migrations.resolve("V9%03d__next_%d.sql".formatted(each, each)),
            """
            create table next_%d (id bigint primary key);
            alter table %s add column next_%d integer not null default 0;
            """
                .formatted(each, BUSIEST.get(schema), each));
      }
      Jvm service = part(schema);
      service.release(release);
      service.terminate();
      service.start();
      service.awaitReady(http, READY);
    }
  }

  /** Everything that is Herald's ends at once and stays down; WhatsApp goes on. */
  public void lose() {
    SERVICES.forEach(service -> part(service).retire());
    postgres.kill();
  }

  /** Makes everything whole again, and returns when all parts can work. */
  public void heal() {
    links.values().forEach(Link::heal);
    clocks.values().forEach(clock -> clock.move(Duration.ZERO));
    postgres.start();
    parts.values().forEach(Jvm::thaw);
    for (String service : SERVICES) {
      part(service).start();
      part(service).awaitReady(http, READY);
    }
  }

  /** How long the supervisor waits before it starts a service again. */
  public void restartDelay(RandomGenerator random) {
    restartDelayMillis = random.nextLong(20, 600);
  }

  private void supervise() {
    while (!closed) {
      for (Jvm part : parts()) {
        if (part.isMissing()) {
          LockSupport.parkNanos(Duration.ofMillis(restartDelayMillis).toNanos());
          if (!closed && part.isMissing()) {
            part.start();
          }
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  @Override
  public void close() {
    closed = true;
    parts.values().forEach(Jvm::thaw);
    parts.values().forEach(Jvm::retire);
    links.values().forEach(Link::close);
    postgres.close();
    http.close();
  }
}
