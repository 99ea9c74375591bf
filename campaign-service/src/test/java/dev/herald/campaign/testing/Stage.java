package dev.herald.campaign.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.CampaignConfig;
import dev.herald.campaign.CampaignService;
import dev.herald.campaign.dispatch.DispatchConfig;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ConnectChannelRequest;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.GetCampaignRequest;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.LaunchCampaignRequest;
import dev.herald.campaign.v1.ListTemplatesRequest;
import dev.herald.campaign.v1.PauseCampaignRequest;
import dev.herald.campaign.v1.PauseCampaignResponse;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.v1.ResumeCampaignRequest;
import dev.herald.campaign.v1.StopCampaignRequest;
import dev.herald.campaign.v1.StopCampaignResponse;
import dev.herald.campaign.v1.SyncTemplatesRequest;
import dev.herald.campaign.v1.SyncTemplatesResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateContent;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.campaign.whatsapp.CloudApiConfig;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.access.Role;
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
import dev.herald.runtime.testing.TestTokens;
import dev.herald.simulator.Simulator;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Scenario;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;

/**
 * A whole campaign-service on real PostgreSQL, spoken to over real gRPC, sending to the simulator
 * by real HTTP, between recording stand-ins of analytics and billing.
 */
public final class Stage implements AutoCloseable {
  public static final String ENCRYPTION_KEY =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final Secret MESSAGE_KEY =
      new Secret("a message key secret for tests of 32 bytes");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public final long workspace = 7_001;
  public final RecordingAnalytics analytics = new RecordingAnalytics();
  public final RecordingBilling billing = new RecordingBilling();
  public final Simulator simulator;
  public final TestTokens tokens = new TestTokens();

  private final Resources resources = new Resources();
  private final DatabaseConfig database;
  private final GrpcServer peers;
  private final List<CampaignService> instances = new ArrayList<>();
  private ManagedChannel channel;
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

  /** Times short enough to wait for in a test. */
  public static DispatchConfig quickDispatch(Duration sendTimeout) {
    return new DispatchConfig(
        Duration.ofSeconds(3),
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        sendTimeout,
        Duration.ofSeconds(1));
  }

  /** The same with short patience for WhatsApp, with quick dispatch and doubt that ages at once. */
  public static CampaignConfig impatient(CampaignConfig config, Duration sendTimeout) {
    CloudApiConfig api = config.whatsapp();
    return changed(
        config,
        new CloudApiConfig(
            api.baseUrl(),
            api.version(),
            api.simulatorUrl(),
            Duration.ofMillis(500),
            sendTimeout,
            256),
        quickDispatch(sendTimeout),
        config.expireAfter(),
        Duration.ZERO,
        config.clusterEpoch());
  }

  /** The same giving messages up after a silence of this length. */
  public static CampaignConfig expiringAfter(CampaignConfig config, Duration silence) {
    return changed(
        config,
        config.whatsapp(),
        config.dispatch(),
        silence,
        config.unconfirmedAge(),
        config.clusterEpoch());
  }

  /** The same after an operator has said that the database was restored. */
  public static CampaignConfig clusterEpoch(CampaignConfig config, int epoch) {
    return changed(
        config,
        config.whatsapp(),
        config.dispatch(),
        config.expireAfter(),
        config.unconfirmedAge(),
        epoch);
  }

  private static CampaignConfig changed(
      CampaignConfig config,
      CloudApiConfig whatsapp,
      DispatchConfig dispatch,
      Duration expireAfter,
      Duration unconfirmedAge,
      int clusterEpoch) {
    return new CampaignConfig(
        config.database(),
        config.grpc(),
        config.analyticsTarget(),
        config.billingTarget(),
        config.peerSecurity(),
        config.jwks(),
        config.serviceSecret(),
        config.messageKeySecrets(),
        config.encryptionKeys(),
        whatsapp,
        dispatch,
        config.maxAudience(),
        expireAfter,
        unconfirmedAge,
        config.replyWindow(),
        config.repliesKept(),
        config.stopKeywords(),
        config.startKeywords(),
        clusterEpoch);
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
            List.of(new Secret(ENCRYPTION_KEY)),
            whatsapp,
            DispatchConfig.of(whatsapp.sendTimeout()),
            CampaignConfig.DEFAULT_MAX_AUDIENCE,
            CampaignConfig.DEFAULT_EXPIRE_AFTER,
            CampaignConfig.DEFAULT_UNCONFIRMED_AGE,
            CampaignConfig.DEFAULT_REPLY_WINDOW,
            CampaignConfig.DEFAULT_REPLIES_KEPT,
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

  public CampaignServiceGrpc.CampaignServiceBlockingStub campaigns() {
    return CampaignServiceGrpc.newBlockingStub(channel);
  }

  public CampaignServiceGrpc.CampaignServiceBlockingStub campaignsAs(CallCredentials caller) {
    return campaigns().withCallCredentials(caller);
  }

  public AudienceServiceGrpc.AudienceServiceBlockingStub audiences() {
    return AudienceServiceGrpc.newBlockingStub(channel);
  }

  public ChannelServiceGrpc.ChannelServiceBlockingStub channels() {
    return ChannelServiceGrpc.newBlockingStub(channel);
  }

  public TemplateServiceGrpc.TemplateServiceBlockingStub templates() {
    return TemplateServiceGrpc.newBlockingStub(channel);
  }

  public ContactServiceGrpc.ContactServiceBlockingStub contacts() {
    return ContactServiceGrpc.newBlockingStub(channel);
  }

  public ReplyServiceGrpc.ReplyServiceBlockingStub replies() {
    return ReplyServiceGrpc.newBlockingStub(channel);
  }

  public InboundServiceGrpc.InboundServiceBlockingStub inbound() {
    return InboundServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.service("gateway"));
  }

  public CampaignFeedServiceGrpc.CampaignFeedServiceBlockingStub feed() {
    return CampaignFeedServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.service("gateway"));
  }

  public CallCredentials operatorOf(long otherWorkspace) {
    return tokens.credentials(otherWorkspace, Role.OPERATOR);
  }

  /** Somebody of the stage's workspace who may only look. */
  public CallCredentials viewer() {
    return tokens.viewer(workspace);
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

  public AudienceImport upload(long campaign, String csv) {
    return upload(campaign, csv.getBytes(StandardCharsets.UTF_8), 64 * 1024);
  }

  public AudienceImport upload(long campaign, byte[] csv, int chunk) {
    return upload(
        AudienceFile.newBuilder().setCampaignId(campaign).setTotalBytes(csv.length).build(),
        new ByteArrayInputStream(csv),
        chunk);
  }

  public AudienceImport upload(AudienceFile file, InputStream csv, int chunk) {
    CompletableFuture<AudienceImport> result = new CompletableFuture<>();
    StreamObserver<UploadAudienceRequest> upload =
        AudienceServiceGrpc.newStub(channel)
            .uploadAudience(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadAudienceResponse response) {
                    result.complete(response.getImport());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    result.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    try {
      upload.onNext(UploadAudienceRequest.newBuilder().setFile(file).build());
      byte[] part;
      while (!result.isDone() && (part = csv.readNBytes(chunk)).length > 0) {
        upload.onNext(
            UploadAudienceRequest.newBuilder().setChunk(ByteString.copyFrom(part)).build());
      }
      upload.onCompleted();
      return result.get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException status) {
        throw status;
      }
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins an upload, sends one part of it and, after something, goes away. */
  public void uploadHalf(AudienceFile file, ByteString part, Runnable before) {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    StreamObserver<UploadAudienceRequest> upload =
        AudienceServiceGrpc.newStub(channel)
            .uploadAudience(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadAudienceResponse response) {}

                  @Override
                  public void onError(Throwable failure) {
                    ended.complete(true);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(UploadAudienceRequest.newBuilder().setFile(file).build());
    upload.onNext(UploadAudienceRequest.newBuilder().setChunk(part).build());
    before.run();
    upload.onError(new java.util.concurrent.CancellationException("gone away"));
    ended.orTimeout(30, TimeUnit.SECONDS).join();
  }

  public Campaign schedule(long campaign, java.time.Instant start) {
    return campaigns()
        .launchCampaign(
            LaunchCampaignRequest.newBuilder()
                .setCampaignId(campaign)
                .setStartTime(
                    Timestamp.newBuilder()
                        .setSeconds(start.getEpochSecond())
                        .setNanos(start.getNano()))
                .build())
        .getCampaign();
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

  public Campaign launch(long campaign) {
    return campaigns()
        .launchCampaign(LaunchCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public PauseCampaignResponse pause(long campaign) {
    return campaigns()
        .pauseCampaign(PauseCampaignRequest.newBuilder().setCampaignId(campaign).build());
  }

  public Campaign resume(long campaign) {
    return campaigns()
        .resumeCampaign(ResumeCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public StopCampaignResponse stop(long campaign) {
    return campaigns()
        .stopCampaign(StopCampaignRequest.newBuilder().setCampaignId(campaign).build());
  }

  public Campaign get(long campaign) {
    return campaigns()
        .getCampaign(GetCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public Campaign awaitStatus(long campaign, CampaignStatus status) {
    return awaitStatus(campaign, status, PATIENCE);
  }

  public Campaign awaitStatus(long campaign, CampaignStatus status, Duration longest) {
    return Awaitility.await()
        .atMost(longest)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> get(campaign), now -> now.getStatus() == status);
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
