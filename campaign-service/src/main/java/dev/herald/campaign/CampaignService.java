package dev.herald.campaign;

import dev.herald.campaign.audience.AudienceRpc;
import dev.herald.campaign.audience.Audiences;
import dev.herald.campaign.audience.ContactImporter;
import dev.herald.campaign.audience.ImportStore;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.CampaignRpc;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Campaigns;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.campaign.Launch;
import dev.herald.campaign.campaign.Settlement;
import dev.herald.campaign.campaign.TemplateGuard;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.campaign.UnconfirmedRetry;
import dev.herald.campaign.channel.ChannelRpc;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.contact.ContactRpc;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.contact.ErasureStore;
import dev.herald.campaign.conversion.ConversionRpc;
import dev.herald.campaign.conversion.ConversionStore;
import dev.herald.campaign.conversion.Conversions;
import dev.herald.campaign.dispatch.BatchStore;
import dev.herald.campaign.dispatch.ClosingStore;
import dev.herald.campaign.dispatch.Dispatcher;
import dev.herald.campaign.dispatch.TargetStore;
import dev.herald.campaign.feed.FeedRpc;
import dev.herald.campaign.inbound.InboundRpc;
import dev.herald.campaign.inbound.Keywords;
import dev.herald.campaign.link.LinkRpc;
import dev.herald.campaign.message.LinkAddresses;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.reply.AnsweredStore;
import dev.herald.campaign.reply.ReplyRpc;
import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.rules.Admission;
import dev.herald.campaign.rules.SendingRulesRpc;
import dev.herald.campaign.rules.SendingRulesStore;
import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.template.TemplateRpc;
import dev.herald.campaign.template.TemplateStore;
import dev.herald.campaign.template.TemplateSync;
import dev.herald.campaign.trigger.TestMessages;
import dev.herald.campaign.trigger.Trigger;
import dev.herald.campaign.upkeep.ErrorSpikes;
import dev.herald.campaign.upkeep.ReservationKeeper;
import dev.herald.campaign.upkeep.RestoreGuard;
import dev.herald.campaign.upkeep.ScheduledStarts;
import dev.herald.campaign.upkeep.Sweeper;
import dev.herald.campaign.upkeep.Upkeep;
import dev.herald.campaign.upkeep.Watchdog;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.workspace.WorkspaceStore;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.database.Database;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcServer;
import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.outbox.OutboxRelay;
import dev.herald.runtime.process.Resources;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;

/**
 * Channels, templates, contacts, campaigns, recipients and their dispatch. This is where the parts
 * are put together: database, stores, rules, edges, and what runs by itself.
 */
public final class CampaignService implements AutoCloseable {
  private static final String SCHEMA = "campaign";
  private static final int MAX_INBOUND_BYTES = 4 * 1024 * 1024;
  private static final int EVIDENCE_ROWS = 200;
  private static final int RELEASE_ROWS = 100;
  private static final int FREED_AT_ONCE = 5000;

  private final Resources resources;
  private final Database database;
  private final GrpcServer server;

  private CampaignService(Resources resources, Database database, GrpcServer server) {
    this.resources = resources;
    this.database = database;
    this.server = server;
  }

  /** Starts with metrics nobody reads; a process that publishes them hands in its registry. */
  public static CampaignService start(CampaignConfig config) {
    return start(config, new SimpleMeterRegistry());
  }

  public static CampaignService start(CampaignConfig config, MeterRegistry metrics) {
    Resources resources = new Resources();
    try {
      return assemble(config, metrics, resources);
    } catch (RuntimeException | Error failure) {
      resources.close();
      throw failure;
    }
  }

  private static CampaignService assemble(
      CampaignConfig config, MeterRegistry metrics, Resources resources) {
    Clock clock = Clock.systemUTC();
    Database database = resources.own(Database.open(config.database(), SCHEMA, metrics));
    Jdbi jdbi = database.jdbi();
    SecretBox box = new SecretBox(config.encryptionKeys());
    MessageKeyCodec keys = new MessageKeyCodec(config.messageKeySecrets());
    CloudApi whatsapp = resources.own(new CloudApi(config.whatsapp()));
    ServiceTokens tokens = new ServiceTokens(config.serviceSecret(), "campaign-service");
    AnalyticsClient analytics =
        new AnalyticsClient(peer(config, config.analyticsTarget(), tokens, resources));
    BillingClient billing =
        new BillingClient(peer(config, config.billingTarget(), tokens, resources));

    // Stores
    RequestLog requests = new RequestLog();
    ChannelStore channels = new ChannelStore(box);
    TemplateStore templates = new TemplateStore();
    ReplyStore replies = new ReplyStore();
    ConversionStore conversions = new ConversionStore();
    ErasureStore erased = new ErasureStore(box, replies);
    ContactStore contacts = new ContactStore(erased);
    CampaignStore campaigns = new CampaignStore();
    RecipientStore recipients = new RecipientStore();
    ImportStore imports = new ImportStore();
    ReservationStore reservations = new ReservationStore();
    SendingRulesStore rules = new SendingRulesStore();

    // Rules
    Reports reports = new Reports();
    LinkCodec links = new LinkCodec(config.messageKeySecrets());
    Contents contents = new Contents(templates, new LinkAddresses(config.publicUrl(), links));
    Transitions transitions = new Transitions(campaigns, reports);
    new RestoreGuard(jdbi, transitions, config.clusterEpoch()).check();
    Dispatcher dispatcher =
        resources.own(
            new Dispatcher(
                jdbi,
                new BatchStore(jdbi, config.dispatch()),
                new TargetStore(jdbi, erased, new Admission(jdbi, rules, clock)),
                new ClosingStore(jdbi, contacts, recipients, reports),
                campaigns,
                channels,
                contents,
                transitions,
                whatsapp,
                keys,
                config.dispatch(),
                metrics));
    Settlement settlement = new Settlement(jdbi, campaigns, reservations);
    Campaigns lives =
        new Campaigns(
            jdbi,
            campaigns,
            transitions,
            channels,
            recipients,
            rules,
            contents,
            reports,
            analytics,
            billing,
            settlement,
            dispatcher,
            clock);
    Launch launch =
        new Launch(
            jdbi,
            campaigns,
            transitions,
            channels,
            recipients,
            imports,
            contents,
            reservations,
            billing,
            analytics,
            dispatcher,
            clock);
    Trigger trigger =
        resources.own(
            new Trigger(
                jdbi,
                campaigns,
                contents,
                recipients,
                reservations,
                contacts,
                requests,
                reports,
                billing,
                transitions,
                dispatcher,
                clock,
                metrics));
    TestMessages testMessages =
        new TestMessages(
            jdbi,
            campaigns,
            recipients,
            contents,
            contacts,
            transitions,
            trigger,
            requests,
            dispatcher);
    ContactImporter contactImporter = new ContactImporter(jdbi, contacts, imports);
    Audiences audiences =
        new Audiences(
            jdbi,
            campaigns,
            recipients,
            imports,
            contacts,
            conversions,
            contents,
            reports,
            analytics,
            contactImporter,
            config.maxAudience());
    TemplateGuard templateGuard = new TemplateGuard(campaigns, transitions);
    TemplateSync sync = new TemplateSync(jdbi, templates, channels, whatsapp, templateGuard);
    UnconfirmedRetry unconfirmed =
        new UnconfirmedRetry(jdbi, campaigns, analytics, dispatcher, config.unconfirmedAge());

    // What runs by itself
    resources.own(
        "outbox-analytics",
        new OutboxRelay(jdbi, Reports.TOPIC, EVIDENCE_ROWS, analytics::deliver, metrics).start());
    resources.own(
        "outbox-billing",
        new OutboxRelay(
                jdbi, ReservationStore.TOPIC, RELEASE_ROWS, billing::deliverUnattempted, metrics)
            .start());
    Sweeper sweeper =
        new Sweeper(
            jdbi,
            imports,
            recipients,
            requests,
            campaigns,
            transitions,
            replies,
            config.repliesKept());
    resources.own(
        new Upkeep(metrics)
            .every(
                Duration.ofMillis(250),
                "starts",
                new ScheduledStarts(jdbi, campaigns, transitions, dispatcher, clock)::run)
            .every(
                Duration.ofSeconds(1),
                "settlement",
                () -> {
                  settlement.settleAll();
                  return false;
                })
            .every(Duration.ofSeconds(1), "contacts", contactImporter::step)
            .every(
                Duration.ofMinutes(1),
                "reservations",
                new ReservationKeeper(jdbi, reservations, campaigns, billing, clock)::run)
            .every(
                Duration.ofMinutes(5),
                "watchdog",
                new Watchdog(
                        jdbi,
                        campaigns,
                        recipients,
                        analytics,
                        reports,
                        config.expireAfter(),
                        clock)
                    ::run)
            .every(
                Duration.ofSeconds(1),
                "freed",
                () -> jdbi.inTransaction(tx -> rules.free(tx, FREED_AT_ONCE)))
            .every(
                Duration.ofSeconds(5),
                "errors",
                new ErrorSpikes(jdbi, campaigns, analytics, rules, transitions, dispatcher)::run)
            .every(Duration.ofSeconds(10), "audiences", sweeper::audiences)
            .every(Duration.ofMinutes(10), "answers", sweeper::answers)
            .every(Duration.ofMinutes(10), "replies", sweeper::replies)
            .every(Duration.ofMinutes(10), "rules", sweeper::rules)
            .every(Duration.ofMinutes(10), "tests", sweeper::tests));
    dispatcher.start();

    // Edges
    GrpcServer server =
        resources.own(
            GrpcServer.builder(
                    config.grpc(), TokenVerifier.of(config.jwks(), config.serviceSecret()), metrics)
                .service(new ChannelRpc(jdbi, channels, whatsapp, requests, box))
                .service(new TemplateRpc(jdbi, templates, channels, sync))
                .service(new ContactRpc(jdbi, contacts, erased))
                .service(new FeedRpc(jdbi))
                .service(new LinkRpc(jdbi, campaigns))
                .service(new ReplyRpc(jdbi, campaigns, replies))
                .service(
                    new ConversionRpc(
                        jdbi,
                        campaigns,
                        conversions,
                        new Conversions(
                            jdbi,
                            conversions,
                            new AnsweredStore(),
                            campaigns,
                            analytics,
                            links,
                            config.conversionWindow()),
                        clock))
                .service(new SendingRulesRpc(jdbi, rules))
                .service(
                    new CampaignRpc(
                        jdbi,
                        campaigns,
                        lives,
                        launch,
                        trigger,
                        testMessages,
                        unconfirmed,
                        requests,
                        analytics))
                .service(
                    new AudienceRpc(
                        jdbi, audiences, campaigns, recipients, imports, requests, analytics))
                .service(
                    new InboundRpc(
                        jdbi,
                        channels,
                        templates,
                        templateGuard,
                        recipients,
                        contacts,
                        campaigns,
                        new WorkspaceStore(),
                        transitions,
                        reports,
                        analytics,
                        keys,
                        new Keywords(config.stopKeywords(), config.startKeywords()),
                        config.replyWindow(),
                        replies,
                        dispatcher))
                .readiness(database::reachable)
                .maxInboundBytes(MAX_INBOUND_BYTES)
                .start());
    return new CampaignService(resources, database, server);
  }

  private static ManagedChannel peer(
      CampaignConfig config, String target, ServiceTokens tokens, Resources resources) {
    ManagedChannel channel =
        GrpcClients.channel(target, config.peerSecurity(), tokens.asCredentials());
    resources.own(
        "channel-" + target,
        () -> {
          channel.shutdown();
          if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
            channel.shutdownNow();
          }
        });
    return channel;
  }

  /** The port the gRPC server listens on. */
  public int port() {
    return server.port();
  }

  /** True if the service can work. */
  public boolean ready() {
    return database.reachable();
  }

  /** Takes no more calls, ends what is under way, gives the channels back. */
  @Override
  public void close() {
    resources.close();
  }
}
