package dev.herald.analytics;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceBlockingStub;
import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.common.v1.MessageType;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcServerConfig;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.runtime.testing.TestTokens;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An instance of the service on loopback, with a billing service that cannot be reached. */
final class AnalyticsFixture implements AutoCloseable {
  static final long WORKSPACE = 7;
  static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

  final TestTokens tokens;
  final DatabaseConfig database;
  private final AnalyticsService service;
  private final ManagedChannel channel;

  AnalyticsFixture() {
    this(EmbeddedDatabases.fresh(), new TestTokens());
  }

  /** One more instance on the same database. */
  AnalyticsFixture(DatabaseConfig database, TestTokens tokens) {
    this.database = database;
    this.tokens = tokens;
    this.service =
        AnalyticsService.start(
            new AnalyticsConfig(
                database,
                GrpcServerConfig.local(0),
                URI.create("http://127.0.0.1:9/unused"),
                tokens.serviceSecret(),
                "127.0.0.1:9",
                ChannelSecurity.plaintext(),
                Duration.ofDays(400)),
            tokens.verifier(),
            new SimpleMeterRegistry());
    this.channel = GrpcClients.channel("127.0.0.1:" + service.port(), tokens.service("test"));
  }

  /** A way to the tables beside the service. */
  static Connection connect(DatabaseConfig database) throws SQLException {
    return DriverManager.getConnection(
        database.url(), database.user(), database.password().value());
  }

  EvidenceServiceBlockingStub evidence() {
    return EvidenceServiceGrpc.newBlockingStub(channel);
  }

  CampaignAnalyticsServiceBlockingStub analytics() {
    return analytics(WORKSPACE);
  }

  CampaignAnalyticsServiceBlockingStub analytics(long workspace) {
    return CampaignAnalyticsServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.operator(workspace));
  }

  List<EvidenceRejection> record(Evidence... elements) {
    return evidence()
        .recordEvidence(
            RecordEvidenceRequest.newBuilder().addAllEvidence(Arrays.asList(elements)).build())
        .getRejectionsList();
  }

  void snapshot(long campaign, int audience, CampaignStatus status, String zone) {
    snapshot(WORKSPACE, campaign, audience, status, zone);
  }

  void snapshot(long workspace, long campaign, int audience, CampaignStatus status, String zone) {
    evidence()
        .putCampaignSnapshots(
            PutCampaignSnapshotsRequest.newBuilder()
                .addSnapshots(
                    CampaignSnapshot.newBuilder()
                        .setWorkspaceId(workspace)
                        .setCampaignId(campaign)
                        .setVersion(1)
                        .setStatus(status)
                        .setType(CampaignType.BROADCAST)
                        .setMessageType(MessageType.TEMPLATE)
                        .setAudience(audience)
                        .setLaunchTime(time(START))
                        .setTimeZone(zone))
                .build());
  }

  /** A good element; what a test is about it changes. */
  static Evidence.Builder evidence(long campaign, int ordinal, EvidenceKind kind, Instant at) {
    return Evidence.newBuilder()
        .setWorkspaceId(WORKSPACE)
        .setCampaignId(campaign)
        .setOrdinal(ordinal)
        .setKind(kind)
        .setTime(time(at))
        .setCountry("IN");
  }

  static Timestamp time(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    service.close();
  }
}
