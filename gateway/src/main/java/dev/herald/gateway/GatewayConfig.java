package dev.herald.gateway;

import dev.herald.gateway.alert.Alerts.AlertConfig;
import dev.herald.gateway.http.Network;
import dev.herald.gateway.http.Tls;
import dev.herald.gateway.identity.OidcSettings;
import dev.herald.gateway.webhook.KafkaSettings;
import dev.herald.gateway.webhook.Webhooks.WebhookSettings;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.PublicUrl;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcServerConfig;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the gateway is told at its start.
 *
 * @param grpc where the gateway's own contract is served by gRPC; empty: nowhere
 * @param publicUrl where people reach the gateway; empty: where it listens
 * @param trustedProxies proxies whose word about a client's address counts
 * @param oidc the provider people may sign in by; empty: passwords and links only
 * @param egressNetworks networks that users' subscriptions may reach although they are not public
 */
public record GatewayConfig(
    HttpSettings http,
    Optional<GrpcServerConfig> grpc,
    Optional<URI> publicUrl,
    List<String> trustedProxies,
    DatabaseConfig database,
    Targets targets,
    Secret serviceSecret,
    List<Secret> messageKeySecrets,
    WebhookSettings webhooks,
    AlertConfig alerts,
    BootstrapSettings bootstrap,
    Sessions sessions,
    Limits limits,
    Optional<OidcSettings> oidc,
    List<Network> egressNetworks,
    Optional<Secret> metricsToken) {
  static final int DEFAULT_PORT = 8080;
  static final int DEFAULT_GRPC_PORT = 9100;

  private static final int MIN_BOOTSTRAP_KEY = 16;

  /**
   * Where the gateway listens.
   *
   * @param port 0 for any free one
   * @param tls empty: plain HTTP, for a proxy in front that ends TLS
   */
  public record HttpSettings(String address, int port, Optional<Tls> tls) {}

  /** gRPC targets of the services. */
  public record Targets(
      String campaign, String analytics, String billing, ChannelSecurity security) {}

  /**
   * The first workspace.
   *
   * @param apiKey its first owner key; without one there is no first workspace
   */
  public record BootstrapSettings(
      Optional<Secret> apiKey,
      String workspaceName,
      String timeZone,
      String currency,
      String ownerEmail) {}

  /** How long a session lasts: unused, and at most. */
  public record Sessions(Duration idle, Duration lifetime) {}

  /**
   * How much one caller may ask for.
   *
   * @param requestsPerSecond of one user or key, in the long run
   * @param requestsAtOnce of one user or key, after a pause
   * @param streams live streams and exports in all
   */
  public record Limits(int requestsPerSecond, int requestsAtOnce, int streams, int connections) {}

  public static GatewayConfig from(Settings settings) {
    return new GatewayConfig(
        http(settings),
        grpc(settings),
        PublicUrl.from(settings),
        settings.list(
            "HERALD_TRUSTED_PROXIES",
            List.of(),
            "Addresses or networks of proxies whose X-Forwarded-For is believed."),
        DatabaseConfig.from(settings),
        targets(settings),
        settings
            .secret(ServiceTokens.SETTING, "Secret by which Herald's services know each other.")
            .atLeastBytes(32, ServiceTokens.SETTING),
        settings.secrets(
            MessageKeyCodec.SETTING,
            "Secret that signs the key in every message; the first signs, all verify."),
        webhooks(settings),
        AlertConfig.from(settings),
        bootstrap(settings),
        new Sessions(
            settings.duration(
                "HERALD_SESSION_IDLE", Duration.ofHours(12), "An unused session ends after this."),
            settings.duration(
                "HERALD_SESSION_LIFETIME", Duration.ofDays(7), "Any session ends after this.")),
        limits(settings),
        OidcSettings.from(settings),
        egressNetworks(settings),
        optional(
            settings.secretOr(
                "HERALD_METRICS_TOKEN",
                "",
                "Bearer token for /metrics; without one only the machine itself may read them.")));
  }

  private static HttpSettings http(Settings settings) {
    return new HttpSettings(
        settings.string(
            "HERALD_HTTP_ADDRESS",
            "127.0.0.1",
            "Address the gateway binds; 0.0.0.0 opens it to the network."),
        settings.integer(
            "HERALD_HTTP_PORT", DEFAULT_PORT, 0, 65_535, "Port of the HTTP API and dashboard."),
        tls(settings));
  }

  private static Optional<GrpcServerConfig> grpc(Settings settings) {
    boolean on =
        settings.flag(
            "HERALD_GRPC_GATEWAY",
            false,
            "Serves the gateway's own contract by gRPC, too, on HERALD_GRPC_PORT: for"
                + " herald-admin.");
    GrpcServerConfig config = GrpcServerConfig.from(settings, DEFAULT_GRPC_PORT);
    return on ? Optional.of(config) : Optional.empty();
  }

  private static Optional<Tls> tls(Settings settings) {
    Optional<Path> certificate =
        settings.file(
            "HERALD_HTTP_TLS_CERTIFICATE",
            "Certificate chain (PEM) of the HTTP API; turns HTTPS and HTTP/2 on.");
    Optional<Path> key =
        settings.file("HERALD_HTTP_TLS_KEY", "Its private key (PEM, PKCS #8, unencrypted).");
    if (certificate.isPresent() != key.isPresent()) {
      throw new SettingException(
          "HTTPS needs both HERALD_HTTP_TLS_CERTIFICATE and HERALD_HTTP_TLS_KEY.");
    }
    return certificate.map(file -> new Tls(file, key.orElseThrow()));
  }

  /** Where the services are. */
  public static Targets targets(Settings settings) {
    return new Targets(
        settings.string(
            "HERALD_CAMPAIGN_TARGET",
            "127.0.0.1:9101",
            "gRPC target of campaign-service; several: host:port,host:port."),
        settings.string(
            "HERALD_ANALYTICS_TARGET",
            "127.0.0.1:9102",
            "gRPC target of analytics-service; several: host:port,host:port."),
        settings.string(
            "HERALD_BILLING_TARGET",
            "127.0.0.1:9103",
            "gRPC target of billing-service; several: host:port,host:port."),
        ChannelSecurity.from(settings));
  }

  private static WebhookSettings webhooks(Settings settings) {
    return new WebhookSettings(
        settings.secrets(
            "HERALD_WHATSAPP_APP_SECRET",
            "Secret of the Meta app that sends webhooks; several while it is being replaced."),
        settings.secret(
            "HERALD_WHATSAPP_VERIFY_TOKEN",
            "Token typed into Meta's webhook form, by which the handshake is known."),
        settings.duration(
            "HERALD_WEBHOOK_RETENTION",
            Duration.ofDays(10),
            "How long raw webhooks are kept; more than the seven days for which Meta retries."),
        settings.integer(
            "HERALD_WEBHOOK_MAX_PENDING",
            1_000_000,
            1,
            Integer.MAX_VALUE,
            "Webhooks that may wait to be applied; beyond it WhatsApp is told to come back."),
        settings.integer(
            "HERALD_WEBHOOK_WORKERS", 2, 1, 64, "Appliers of webhooks in this process."),
        settings.duration(
            "HERALD_WEBHOOK_LEASE",
            Duration.ofSeconds(60),
            "How long webhooks stay with an applier that has fallen silent before another takes"
                + " them; longer than one batch takes."),
        KafkaSettings.from(settings));
  }

  private static BootstrapSettings bootstrap(Settings settings) {
    Optional<Secret> key =
        optional(
            settings.secretOr(
                "HERALD_BOOTSTRAP_API_KEY",
                "",
                "First owner API key; makes the first workspace at the first start."));
    if (key.filter(secret -> secret.value().length() < MIN_BOOTSTRAP_KEY).isPresent()) {
      throw new SettingException(
          "HERALD_BOOTSTRAP_API_KEY must have at least "
              + MIN_BOOTSTRAP_KEY
              + " characters; make one with: openssl rand -hex 32");
    }
    return new BootstrapSettings(
        key,
        settings.string("HERALD_BOOTSTRAP_WORKSPACE", "Herald", "Name of the first workspace."),
        settings.string(
            "HERALD_BOOTSTRAP_TIME_ZONE", "UTC", "Time zone of the first workspace's days."),
        settings.string(
            "HERALD_BOOTSTRAP_CURRENCY", "USD", "Currency of the first workspace's wallet."),
        settings.string(
            "HERALD_BOOTSTRAP_EMAIL", "owner@localhost", "E-mail address of its first owner."));
  }

  private static Limits limits(Settings settings) {
    return new Limits(
        settings.integer(
            "HERALD_RATE_LIMIT", 200, 1, 1_000_000, "Requests a second of one user or API key."),
        settings.integer(
            "HERALD_RATE_LIMIT_BURST",
            400,
            1,
            1_000_000,
            "Requests one user or API key may make at once after a pause."),
        settings.integer(
            "HERALD_MAX_STREAMS", 1000, 1, 100_000, "Live streams and exports at the same time."),
        settings.integer(
            "HERALD_MAX_CONNECTIONS", 4000, 10, 1_000_000, "Connections at the same time."));
  }

  private static List<Network> egressNetworks(Settings settings) {
    List<String> networks =
        settings.list(
            "HERALD_EGRESS_ALLOWED_NETWORKS",
            List.of(),
            "Networks (10.1.0.0/16) that users' subscriptions may reach, also by plain http,"
                + " although they are not public.");
    try {
      return networks.stream().map(Network::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "HERALD_EGRESS_ALLOWED_NETWORKS must be networks such as 10.1.0.0/16: " + networks);
    }
  }

  private static Optional<Secret> optional(Secret secret) {
    return secret.value().isEmpty() ? Optional.empty() : Optional.of(secret);
  }
}
