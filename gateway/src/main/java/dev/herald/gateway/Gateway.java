package dev.herald.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.gateway.GatewayConfig.BootstrapSettings;
import dev.herald.gateway.aisensy.AisensyRoutes;
import dev.herald.gateway.alert.Alerts;
import dev.herald.gateway.api.Api;
import dev.herald.gateway.api.RateLimits;
import dev.herald.gateway.api.Services;
import dev.herald.gateway.api.StreamLimits;
import dev.herald.gateway.dashboard.Dashboard;
import dev.herald.gateway.docs.DocsRoutes;
import dev.herald.gateway.egress.EgressPolicy;
import dev.herald.gateway.egress.HostNames;
import dev.herald.gateway.feed.Feeds;
import dev.herald.gateway.http.ClientAddress;
import dev.herald.gateway.http.HttpServer;
import dev.herald.gateway.http.OpsRoutes;
import dev.herald.gateway.identity.AccessTokens;
import dev.herald.gateway.identity.ApiKeyStore;
import dev.herald.gateway.identity.AuditLog;
import dev.herald.gateway.identity.Authenticator;
import dev.herald.gateway.identity.Bootstrap;
import dev.herald.gateway.identity.Bootstrap.FirstOwner;
import dev.herald.gateway.identity.IdentityRpc;
import dev.herald.gateway.identity.OidcRoutes;
import dev.herald.gateway.identity.Origins;
import dev.herald.gateway.identity.People;
import dev.herald.gateway.identity.Provisioner;
import dev.herald.gateway.identity.Requests;
import dev.herald.gateway.identity.SessionCookie;
import dev.herald.gateway.identity.SessionRoutes;
import dev.herald.gateway.identity.SessionStore;
import dev.herald.gateway.identity.SignInLinks;
import dev.herald.gateway.identity.SigningKeys;
import dev.herald.gateway.identity.WorkspaceRpc;
import dev.herald.gateway.identity.WorkspaceStore;
import dev.herald.gateway.link.Links;
import dev.herald.gateway.subscription.Subscriptions;
import dev.herald.gateway.webhook.Webhooks;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.database.Database;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.ops.Metrics;
import dev.herald.runtime.process.Resources;
import io.grpc.ManagedChannel;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;

/** The gateway, put together: read this first. */
public final class Gateway implements AutoCloseable {
  private static final int STREAMS_OF_WORKSPACE = 100;
  private static final int STREAMS_OF_PRINCIPAL = 20;

  private final GatewayConfig config;
  private final Resources resources;
  private final AtomicInteger port = new AtomicInteger();
  private final Bootstrap bootstrap;
  private final Api api;
  private final DocsRoutes docs;
  private final HttpServer server;
  private final Optional<Integer> grpcPort;

  private Gateway(GatewayConfig config, Resources resources) {
    this.config = config;
    this.resources = resources;
    PrometheusMeterRegistry metrics = Metrics.forService("gateway");
    Database database = resources.own(Database.open(config.database(), "gateway", metrics));
    Jdbi jdbi = database.jdbi();

    // Whom we call, as the service that we are; calls for a principal bring that principal's token.
    ServiceTokens own = new ServiceTokens(config.serviceSecret(), "gateway");
    ManagedChannel campaign = channel("campaign", config.targets().campaign(), own);
    ManagedChannel analytics = channel("analytics", config.targets().analytics(), own);
    ManagedChannel billing = channel("billing", config.targets().billing(), own);

    // Who calls us.
    Optional<URI> publicUrl = config.publicUrl();
    WorkspaceStore workspaces = new WorkspaceStore(jdbi);
    ApiKeyStore apiKeys = new ApiKeyStore(jdbi);
    SessionStore sessions =
        new SessionStore(jdbi, config.sessions().idle(), config.sessions().lifetime());
    AuditLog audit = new AuditLog(jdbi);
    People people = new People(jdbi, workspaces, sessions, audit);
    SigningKeys signingKeys = new SigningKeys(jdbi, config.serviceSecret());
    signingKeys.refresh();
    AccessTokens tokens = new AccessTokens(signingKeys, Clock.systemUTC());
    SessionCookie cookie = new SessionCookie(publicUrl);
    Origins origins = new Origins(publicUrl);
    SignInLinks signInLinks = new SignInLinks(this::publicAddress);
    Requests requests = new Requests(jdbi, config.serviceSecret());
    IdentityRpc identity =
        new IdentityRpc(workspaces, people, apiKeys, tokens, audit, signInLinks, requests);

    Provisioner provisioner = resources.own(new Provisioner(workspaces, billing, campaign));

    // Whom we tell of it.
    EgressPolicy egress = new EgressPolicy(config.egressNetworks(), HostNames.ofSystem());
    Subscriptions subscriptions =
        resources.own(
            new Subscriptions(jdbi, config.serviceSecret(), egress, audit, requests, metrics));

    Services services = new Services(campaign, analytics, billing, tokens::forCall);
    Alerts alerts =
        resources.own(
            new Alerts(
                config.alerts(),
                jdbi,
                subscriptions.events(),
                services,
                this::publicAddress,
                metrics));
    resources.own(new Feeds(jdbi, campaign, billing, subscriptions.events(), alerts));

    // What WhatsApp tells us.
    Webhooks webhooks =
        resources.own(
            new Webhooks(
                config.webhooks(),
                jdbi,
                config.serviceSecret(),
                new MessageKeyCodec(config.messageKeySecrets()),
                workspaces,
                analytics,
                campaign,
                subscriptions.events(),
                metrics));

    Links links =
        resources.own(new Links(jdbi, config.messageKeySecrets(), campaign, analytics, metrics));

    StreamLimits streams =
        new StreamLimits(config.limits().streams(), STREAMS_OF_WORKSPACE, STREAMS_OF_PRINCIPAL);
    ClientAddress addresses = new ClientAddress(config.trustedProxies());
    Authenticator authenticator = new Authenticator(apiKeys, sessions, cookie, origins);
    RateLimits rates =
        new RateLimits(config.limits().requestsPerSecond(), config.limits().requestsAtOnce());
    OidcRoutes oidc =
        new OidcRoutes(
            config.oidc(),
            config.serviceSecret(),
            publicUrl,
            people,
            sessions,
            cookie,
            addresses,
            this::publicAddress);
    this.api =
        new Api(
            services,
            authenticator,
            identity,
            new WorkspaceRpc(workspaces, people, identity, signInLinks, requests, provisioner),
            new SessionRoutes(people, sessions, cookie, origins, identity),
            oidc,
            webhooks.quarantine(),
            subscriptions.rpc(),
            links.rpc(),
            alerts.rpc(),
            audit,
            addresses,
            rates,
            streams);
    AisensyRoutes aisensy = new AisensyRoutes(services, authenticator, rates, addresses);
    OpsRoutes ops =
        new OpsRoutes(
            metrics, config.metricsToken(), addresses, database::reachable, signingKeys::published);
    this.docs = new DocsRoutes(api::description);
    Dashboard dashboard = new Dashboard();

    this.grpcPort =
        config.grpc().map(grpc -> resources.own(api.grpc().serve(grpc, metrics)).port());

    this.bootstrap = new Bootstrap(workspaces, apiKeys, people, provisioner, signInLinks);
    firstKey(config.bootstrap());

    Housekeeping housekeeping = resources.own(new Housekeeping());
    housekeeping.every(Duration.ofSeconds(30), "signing keys", signingKeys::refresh);
    config
        .http()
        .tls()
        .ifPresent(tls -> housekeeping.every(Duration.ofMinutes(1), "certificate", tls::refresh));
    housekeeping.every(Duration.ofSeconds(30), "webhook secrets", webhooks::refresh);
    housekeeping.every(Duration.ofSeconds(5), "webhook backlog", webhooks::measure);
    housekeeping.every(Duration.ofHours(1), "webhook partitions", webhooks::maintain);
    housekeeping.every(Duration.ofMinutes(10), "sessions", people::sweep);
    housekeeping.every(Duration.ofMinutes(10), "requests", requests::sweep);
    housekeeping.every(Duration.ofMinutes(1), "deliveries", subscriptions::sweep);
    housekeeping.every(Duration.ofHours(1), "alerts", alerts::sweep);

    this.server =
        resources.own(
            HttpServer.start(
                new HttpServer.Listen(
                    config.http().address(),
                    config.http().port(),
                    config.limits().connections(),
                    config.http().tls()),
                routes -> {
                  api.register(routes);
                  oidc.register(routes);
                  webhooks.register(routes);
                  links.register(routes);
                  aisensy.register(routes);
                  ops.register(routes);
                  docs.register(routes);
                  dashboard.register(routes);
                },
                metrics));
    port.set(server.port());
    resources.own("streams", streams);
  }

  /** Starts the gateway. The services need not be there yet. */
  public static Gateway start(GatewayConfig config) {
    Resources resources = new Resources();
    try {
      return new Gateway(config, resources);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /** The port of the HTTP API. */
  public int port() {
    return server.port();
  }

  /** The port of the same by gRPC; empty if that is off. */
  public Optional<Integer> grpcPort() {
    return grpcPort;
  }

  /** The first workspace, ready to be used, with a fresh one-time sign-in link for its owner. */
  public FirstOwner bootstrap() {
    BootstrapSettings first = config.bootstrap();
    long workspace = bootstrap.workspace(first.workspaceName(), first.timeZone(), first.currency());
    FirstOwner owner = bootstrap.owner(workspace, first.ownerEmail(), "Owner");
    bootstrap.awaitReady(workspace);
    return owner;
  }

  /** Making workspaces, keys and owners from within the process. */
  public Bootstrap bootstrapping() {
    return bootstrap;
  }

  /** The HTTP API, for what describes and tests it. */
  public Api api() {
    return api;
  }

  /** The description of the HTTP API (OpenAPI 3.1). */
  public JsonNode description() {
    return docs.api();
  }

  /** Stops taking requests, finishes those under way, then everything behind them. */
  @Override
  public void close() {
    resources.close();
  }

  private void firstKey(BootstrapSettings first) {
    Optional<Secret> key = first.apiKey();
    if (key.isPresent()) {
      long workspace =
          bootstrap.workspace(first.workspaceName(), first.timeZone(), first.currency());
      bootstrap.ownerKey(workspace, key.get());
    }
  }

  private String publicAddress() {
    return config
        .publicUrl()
        .map(url -> url.toString().replaceAll("/+$", ""))
        .orElseGet(() -> scheme() + "://" + config.http().address() + ":" + port.get());
  }

  private String scheme() {
    return config.http().tls().isPresent() ? "https" : "http";
  }

  private ManagedChannel channel(String name, String target, ServiceTokens own) {
    ManagedChannel channel =
        GrpcClients.channel(target, config.targets().security(), own.asCredentials());
    resources.own(name, () -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }
}
