package dev.herald.campaign.testing;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.CampaignConfig;
import dev.herald.campaign.CampaignService;
import dev.herald.campaign.dispatch.DispatchConfig;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ConnectChannelRequest;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.ListTemplatesRequest;
import dev.herald.campaign.v1.SyncTemplatesRequest;
import dev.herald.campaign.v1.SyncTemplatesResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateContent;
import dev.herald.campaign.whatsapp.CloudApiConfig;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcErrors;
import dev.herald.runtime.grpc.GrpcServer;
import dev.herald.runtime.grpc.GrpcServerConfig;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.process.Resources;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.simulator.Simulator;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Scenario;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/**
 * A whole campaign-service on real PostgreSQL, spoken to over real gRPC, sending to the simulator
 * by real HTTP, between recording stand-ins of analytics and billing.
 */
public final class Stage extends StageCalls implements AutoCloseable {

  public static final String ENCRYPTION_KEY =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  private static final Secret MESSAGE_KEY =
      new Secret("a message key secret for tests of 32 bytes");

  public final RecordingAnalytics analytics = new RecordingAnalytics();

  public final RecordingBilling billing = new RecordingBilling();

  public final Simulator simulator;

  private final Resources resources = new Resources();

  private final DatabaseConfig database;

  private final GrpcServer peers;

  private final List<CampaignService> instances = new ArrayList<>();

  private UnaryOperator<CampaignConfig> adjustment = config -> config;

  private Stage(SimulatorConfig simulated) {
    this.simulator = resources.own(Simulator.start(simulated));
    this.database = EmbeddedDatabases.fresh(16);
    this.peers =
        resources.own(
            GrpcServer.builder(0, tokens.verifier(), new SimpleMeterRegistry())
                .service(analytics)
                .service(billing)
                .maxInboundBytes(16 * 1024 * 1024)
                .start());
  }

  /** The simulator behaves; each of its numbers takes {@code throughput} messages a second. */
  public static Stage open(int throughput) {
    return open(
        SimulatorConfig.defaults()
            .withScenario(Scenario.smooth())
            .withThroughput(throughput, Math.max(10, throughput / 10)));
  }

  public static Stage open(SimulatorConfig simulated) {
    Stage stage = new Stage(simulated);
    try {
      stage.startInstance();
      return stage;
    } catch (RuntimeException e) {
      stage.close();
      throw e;
    }
  }

  /** Configuration of instances started from now on. */
  public Stage adjust(UnaryOperator<CampaignConfig> change) {
    adjustment = change;
    return this;
  }

  public CampaignConfig config() {
    CloudApiConfig whatsapp =
        CloudApiConfig.of(
            URI.create(simulator.url()), "v26.0", Optional.of(URI.create(simulator.url())));
    return adjustment.apply(
        new CampaignConfig(
            database,
            GrpcServerConfig.local(0),
            "127.0.0.1:" + peers.port(),
            "127.0.0.1:" + peers.port(),
            ChannelSecurity.plaintext(),
            JwksSource.local(tokens::publicKeys),
            tokens.serviceSecret(),
            List.of(MESSAGE_KEY),
            Optional.of(URI.create("https://herald.example.com")),
            List.of(new Secret(ENCRYPTION_KEY)),
            whatsapp,
            DispatchConfig.of(whatsapp.sendTimeout()),
            CampaignConfig.DEFAULT_MAX_AUDIENCE,
            CampaignConfig.DEFAULT_EXPIRE_AFTER,
            CampaignConfig.DEFAULT_UNCONFIRMED_AGE,
            CampaignConfig.DEFAULT_REPLY_WINDOW,
            CampaignConfig.DEFAULT_REPLIES_KEPT,
            CampaignConfig.DEFAULT_CONVERSION_WINDOW,
            CampaignConfig.DEFAULT_STOP,
            CampaignConfig.DEFAULT_START,
            1));
  }

  /** One more instance on the same database; calls go to the newest. */
  public CampaignService startInstance() {
    CampaignService service = CampaignService.start(config());
    instances.add(service);
    connect(service);
    return service;
  }

  public void connect(CampaignService service) {
    connect(service.port());
  }

  /** Speaks to the instance on this port from now on. */
  public void connect(int port) {
    if (channel != null) {
      channel.shutdownNow();
    }
    channel = GrpcClients.channel("127.0.0.1:" + port, tokens.owner(workspace));
  }

  /** Stops all instances in an orderly way and starts one anew. */
  public void restart() {
    stopInstances();
    startInstance();
  }

  public void stopInstances() {
    instances.forEach(CampaignService::close);
    instances.clear();
  }

  public DatabaseConfig database() {
    return database;
  }

  public MessageKeyCodec keys() {
    return new MessageKeyCodec(MESSAGE_KEY);
  }

  /** The database behind the service, for looking and for crashing. */
  public <T> T query(java.util.function.Function<org.jdbi.v3.core.Handle, T> work) {
    Jdbi jdbi =
        Jdbi.create(database.url(), database.user(), database.password().value())
            .installPlugin(new org.jdbi.v3.postgres.PostgresPlugin());
    return jdbi.withHandle(
        handle -> {
          handle.execute("set search_path = campaign");
          return work.apply(handle);
        });
  }

  /** Connects the simulator's nth number. */
  public Channel connectChannel(int nth, int rate) {
    return channels()
        .connectChannel(
            ConnectChannelRequest.newBuilder()
                .setName("Channel " + nth)
                .setPhoneNumberId(simulator.phoneNumberId(nth))
                .setWabaId(simulator.config().businessAccountId())
                .setAccessToken(simulator.config().app().accessTokens().iterator().next())
                .setRate(rate)
                .setSimulated(true)
                .build())
        .getChannel();
  }

  /** A channel with its templates. */
  public Channel readyChannel(int rate) {
    Channel connected = connectChannel(0, rate);
    sync(connected);
    return connected;
  }

  /** Reads the channel's templates from WhatsApp. */
  public SyncTemplatesResponse sync(Channel of) {
    return templates()
        .syncTemplates(SyncTemplatesRequest.newBuilder().setChannelId(of.getId()).build());
  }

  public Template template(Channel of, String name) {
    return templates()
        .listTemplates(
            ListTemplatesRequest.newBuilder().setChannelId(of.getId()).setPageSize(1000).build())
        .getTemplatesList()
        .stream()
        .filter(template -> template.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  public Campaign draft(Channel on, Template template, CampaignType type) {
    return campaigns().createCampaign(draftRequest(on, template, type).build()).getCampaign();
  }

  /** Sends a broadcast to these numbers, in this order, and waits until it is SENT. */
  public Campaign sendTo(Channel channel, long... people) {
    Campaign draft = draft(channel, template(channel, "simple_news"), CampaignType.BROADCAST);
    StringBuilder csv = new StringBuilder("phone,name,first_name\n");
    for (long person : people) {
      csv.append('+').append(person).append(",Asha Rao,Asha\n");
    }
    upload(draft.getId(), csv.toString());
    launch(draft.getId());
    return awaitStatus(draft.getId(), CampaignStatus.SENT);
  }

  public CreateCampaignRequest.Builder draftRequest(
      Channel on, Template template, CampaignType type) {
    return CreateCampaignRequest.newBuilder()
        .setName("Campaign " + System.nanoTime())
        .setType(type)
        .setChannelId(on.getId())
        .setContent(
            Content.newBuilder()
                .setTemplate(TemplateContent.newBuilder().setTemplateId(template.getId())));
  }

  /** A CSV with this many people, numbered, of India. */
  public static String people(int count, String... columns) {
    StringBuilder csv = new StringBuilder("phone");
    for (String column : columns) {
      csv.append(',').append(column);
    }
    csv.append('\n');
    for (int i = 0; i < count; i++) {
      csv.append("+91").append(9_800_000_000L + i);
      for (String column : columns) {
        csv.append(',').append(column).append(' ').append(i);
      }
      csv.append('\n');
    }
    return csv.toString();
  }

  /** Evidence as a webhook brings it to analytics, now. */
  public void report(long campaign, int ordinal, EvidenceKind kind) {
    analytics.record(
        Evidence.newBuilder()
            .setCampaignId(campaign)
            .setOrdinal(ordinal)
            .setKind(kind)
            .setTime(Timestamp.newBuilder().setSeconds(java.time.Instant.now().getEpochSecond()))
            .build());
  }

  /** Tells campaign-service what WhatsApp told the gateway; returns the reasons of refusals. */
  public List<String> tell(dev.herald.campaign.v1.InboundEvent... events) {
    return inbound()
        .recordInbound(
            dev.herald.campaign.v1.RecordInboundRequest.newBuilder()
                .addAllEvents(List.of(events))
                .build())
        .getRejectionsList()
        .stream()
        .map(dev.herald.campaign.v1.InboundRejection::getReason)
        .toList();
  }

  /** An event of a channel's number, now. */
  public static dev.herald.campaign.v1.InboundEvent.Builder event(Channel of) {
    return event(of, java.time.Instant.now());
  }

  public static dev.herald.campaign.v1.InboundEvent.Builder event(
      Channel of, java.time.Instant time) {
    return dev.herald.campaign.v1.InboundEvent.newBuilder()
        .setPhoneNumberId(of.getPhoneNumberId())
        .setWabaId(of.getWabaId())
        .setTime(Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()));
  }

  /** Messages the simulator has taken of a campaign, by ordinal: how often each. */
  public Map<Integer, Integer> taken(long campaign) {
    Map<Integer, Integer> times = new TreeMap<>();
    long after = 0;
    List<Message> page;
    do {
      page =
          simulator.record().messages(Query.callbackPrefix("h1." + campaign + "."), after, 10_000);
      for (Message message : page) {
        int ordinal = Integer.parseInt(message.callbackData().split("\\.")[2]);
        times.merge(ordinal, 1, Integer::sum);
        after = message.id();
      }
    } while (!page.isEmpty());
    return times;
  }

  public long takenCount(long campaign) {
    return simulator.record().summary(Query.callbackPrefix("h1." + campaign + ".")).accepted();
  }

  /** The reason of a refused call. */
  public static String reasonOf(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return GrpcErrors.fromStatus(e).reason();
    }
    return "OK";
  }

  /** The fields a refused call names. */
  public static List<String> fieldsOf(Runnable call) {
    return refusalOf(call).violations().stream().map(one -> one.field()).toList();
  }

  /** How a call is refused. */
  public static HeraldException refusalOf(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return GrpcErrors.fromStatus(e);
    }
    throw new AssertionError("The call was not refused.");
  }

  @Override
  public void close() {
    instances.forEach(CampaignService::close);
    if (channel != null) {
      channel.shutdownNow();
    }
    resources.close();
  }
}
