package dev.herald.standalone;

import dev.herald.analytics.AnalyticsConfig;
import dev.herald.analytics.AnalyticsService;
import dev.herald.billing.BillingConfig;
import dev.herald.billing.BillingService;
import dev.herald.campaign.CampaignConfig;
import dev.herald.campaign.CampaignService;
import dev.herald.gateway.Gateway;
import dev.herald.gateway.GatewayConfig;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.process.FreePorts;
import dev.herald.runtime.process.Resources;
import dev.herald.simulator.Simulator;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Every part of Herald in one process, joined as separate processes would be: real PostgreSQL, real
 * gRPC and HTTP over loopback, each service with a database role and schema of its own.
 */
public final class Herald implements AutoCloseable {
  private static final List<String> SCHEMAS =
      List.of("billing", "analytics", "campaign", "gateway");

  private final Resources resources;
  private final DataDirectory data;
  private final LocalPostgres postgres;
  private final Ports ports;
  private final Simulator simulator;
  private final String apiKey;
  private final String signInToken;

  private Herald(
      Resources resources,
      DataDirectory data,
      LocalPostgres postgres,
      Ports ports,
      Simulator simulator,
      String apiKey,
      String signInToken) {
    this.resources = resources;
    this.data = data;
    this.postgres = postgres;
    this.ports = ports;
    this.simulator = simulator;
    this.apiKey = apiKey;
    this.signInToken = signInToken;
  }

  /** Starts all parts, the ones that are called before their callers. */
  public static Herald start(StandaloneConfig config) {
    Resources resources = new Resources();
    try {
      return start(config, resources);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private static Herald start(StandaloneConfig config, Resources resources) {
    DataDirectory data = resources.own(DataDirectory.open(config.dataDirectory()));
    LocalPostgres postgres = resources.own(LocalPostgres.start(data, SCHEMAS));
    // The services must know the gateway's address before the gateway exists.
    int httpPort = config.httpPort() == 0 ? FreePorts.next() : config.httpPort();
    Parts parts = new Parts(config, data, postgres, httpPort);

    BillingService billing =
        resources.own(
            BillingService.start(
                BillingConfig.from(parts.service("billing", config.billingPort()))));
    parts.join("HERALD_BILLING_TARGET", billing.port());

    AnalyticsService analytics =
        resources.own(
            AnalyticsService.start(
                AnalyticsConfig.from(parts.service("analytics", config.analyticsPort()))));
    parts.join("HERALD_ANALYTICS_TARGET", analytics.port());

    Simulator simulator = resources.own(SimulatedWhatsApp.start(config, data, parts));
    parts.simulatorAt(simulator.port());

    CampaignService campaign =
        resources.own(
            CampaignService.start(
                CampaignConfig.from(parts.service("campaign", config.campaignPort()))));
    parts.join("HERALD_CAMPAIGN_TARGET", campaign.port());

    String apiKey =
        config.bootstrapApiKey().isEmpty()
            ? "hk_" + data.secret("api-key")
            : config.bootstrapApiKey();
    Gateway gateway = resources.own(Gateway.start(GatewayConfig.from(parts.gateway(apiKey))));
    data.writePrivate(data.apiKeyFile(), apiKey + "\n");
    return new Herald(
        resources,
        data,
        postgres,
        new Ports(httpPort, campaign.port(), analytics.port(), billing.port(), simulator.port()),
        simulator,
        apiKey,
        gateway.bootstrap().signInToken());
  }

  /** Where the dashboard and the HTTP API are. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + ports.http());
  }

  /** Opens the dashboard once, without a password. */
  public URI signInLink() {
    return address().resolve("/sign-in?token=" + signInToken);
  }

  /** The first owner key of the workspace. */
  public String apiKey() {
    return apiKey;
  }

  public Path apiKeyFile() {
    return data.apiKeyFile();
  }

  public Path dataDirectory() {
    return data.root();
  }

  public Path sampleAudienceFile() {
    return data.sampleAudience();
  }

  /** Makes sure that there is something to try: channel, templates, play money, a campaign. */
  public void prepareFirstLook() {
    try (Api api = new Api(address(), apiKey)) {
      new FirstLook(api, data, simulator).prepare();
    }
  }

  public Ports ports() {
    return ports;
  }

  /** What tests and benchmarks need to speak to the services as another part of Herald would. */
  public Secret serviceSecret() {
    return new Secret(data.secret("service"));
  }

  /** What message keys are signed with, for benchmarks that play WhatsApp themselves. */
  public Secret messageKeySecret() {
    return new Secret(data.secret("message-key"));
  }

  /**
   * The whole database, for tests that look behind the services and for bare tables to compare
   * with.
   */
  public Connection superuser() throws SQLException {
    return postgres.superuser();
  }

  /** The stand-in for WhatsApp, and its own record of what it was sent. */
  public Simulator simulator() {
    return simulator;
  }

  /** Stops all parts, callers first; what is in flight is finished. */
  @Override
  public void close() {
    resources.close();
  }
}
