package dev.herald.analytics;

import dev.herald.analytics.campaign.CampaignAnalyticsRpc;
import dev.herald.analytics.campaign.CampaignStore;
import dev.herald.analytics.campaign.Changes;
import dev.herald.analytics.campaign.Costs;
import dev.herald.analytics.campaign.Reconciliation;
import dev.herald.analytics.campaign.SeriesStore;
import dev.herald.analytics.campaign.SnapshotStore;
import dev.herald.analytics.campaign.TallyStore;
import dev.herald.analytics.campaign.UnattributedStore;
import dev.herald.analytics.evidence.EvidenceRpc;
import dev.herald.analytics.evidence.MergeStore;
import dev.herald.analytics.message.MessageStore;
import dev.herald.analytics.retention.Retention;
import dev.herald.analytics.retention.RetentionRpc;
import dev.herald.analytics.usage.UsageRelay;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.database.Database;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcServer;
import dev.herald.runtime.process.Resources;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;

/** The analytics service: how its parts fit together. Instances meet in PostgreSQL only. */
public final class AnalyticsService implements AutoCloseable {
  public static final String SCHEMA = "analytics";
  private static final int MAX_INBOUND_BYTES = 8 * 1024 * 1024;

  private final Resources resources;
  private final Database database;
  private final GrpcServer server;

  private AnalyticsService(Resources resources, Database database, GrpcServer server) {
    this.resources = resources;
    this.database = database;
    this.server = server;
  }

  /** Starts with metrics nobody reads; a process that publishes them hands in its registry. */
  public static AnalyticsService start(AnalyticsConfig config) {
    return start(config, new SimpleMeterRegistry());
  }

  public static AnalyticsService start(AnalyticsConfig config, MeterRegistry metrics) {
    return start(config, TokenVerifier.of(config.jwks(), config.serviceSecret()), metrics);
  }

  static AnalyticsService start(
      AnalyticsConfig config, TokenVerifier tokens, MeterRegistry metrics) {
    Resources resources = new Resources();
    try {
      Database database = resources.own(Database.open(config.database(), SCHEMA, metrics));
      ManagedChannel billing =
          GrpcClients.channel(
              config.billingTarget(),
              config.peerSecurity(),
              new ServiceTokens(config.serviceSecret(), "analytics").asCredentials());
      resources.own("billing channel", billing::shutdownNow);
      GrpcServer server = serve(config, tokens, metrics, resources, database.jdbi(), billing);
      return new AnalyticsService(resources, database, server);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private static GrpcServer serve(
      AnalyticsConfig config,
      TokenVerifier tokens,
      MeterRegistry metrics,
      Resources resources,
      Jdbi jdbi,
      ManagedChannel billing) {
    CampaignStore campaigns = new CampaignStore(jdbi);
    MessageStore messages = new MessageStore(jdbi);
    Costs costs = new Costs(billing);
    UsageRelay usage = resources.own(new UsageRelay(jdbi, billing));
    Changes changes = resources.own(new Changes(campaigns, costs));
    Retention retention =
        resources.own(new Retention(jdbi, config.retention(), InstantSource.system()));
    EvidenceRpc evidence =
        resources.own(
            new EvidenceRpc(
                new MergeStore(jdbi),
                new SnapshotStore(jdbi),
                new UnattributedStore(jdbi),
                messages,
                new TallyStore(jdbi),
                usage::wake,
                metrics));
    return resources.own(
        GrpcServer.builder(config.grpc(), tokens, metrics)
            .maxInboundBytes(MAX_INBOUND_BYTES)
            .service(evidence)
            .service(new RetentionRpc(retention))
            .service(
                new CampaignAnalyticsRpc(
                    campaigns,
                    new SeriesStore(jdbi),
                    messages,
                    new UnattributedStore(jdbi),
                    new Reconciliation(jdbi, costs),
                    costs,
                    changes))
            .start());
  }

  /** The port of the gRPC server. */
  public int port() {
    return server.port();
  }

  /** True if the database answers. */
  public boolean ready() {
    return database.reachable();
  }

  @Override
  public void close() {
    resources.close();
  }
}
