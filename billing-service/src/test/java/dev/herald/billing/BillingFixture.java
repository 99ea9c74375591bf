package dev.herald.billing;

import dev.herald.billing.v1.CreateWalletRequest;
import dev.herald.billing.v1.GetWalletRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.billing.v1.RateCardServiceGrpc;
import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.v1.SetMarkupRequest;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.billing.v1.TopUpWalletRequest;
import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.billing.v1.UsageTotal;
import dev.herald.billing.v1.Wallet;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcServerConfig;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.runtime.testing.TestTokens;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A billing service on a database of its own, with a clock the test sets, and clients for it. */
public final class BillingFixture implements AutoCloseable {
  /** Of the service to its database. */
  static final int CONNECTIONS = 24;

  static final String USD = "USD";
  static final int LOT = 20261124;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  final TestTokens tokens = new TestTokens();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  public final DatabaseConfig database;
  final BillingService service;
  private final ManagedChannel channel;

  public BillingFixture() {
    this(Optional.empty());
  }

  BillingFixture(Optional<Path> rateCardFolder) {
    this(EmbeddedDatabases.fresh(CONNECTIONS), rateCardFolder);
  }

  BillingFixture(DatabaseConfig database, Optional<Path> rateCardFolder) {
    this.database = database;
    InstantSource clock = now::get;
    this.service =
        BillingService.start(
            new BillingConfig(
                database,
                GrpcServerConfig.local(0),
                URI.create("http://127.0.0.1:9/unused"),
                tokens.serviceSecret(),
                rateCardFolder),
            tokens.verifier(),
            metrics,
            clock);
    this.channel = GrpcClients.channel("127.0.0.1:" + service.port(), tokens.service("test"));
  }

  void setTime(String instant) {
    now.set(Instant.parse(instant));
  }

  /** A new workspace with a wallet in USD and that many micros in it. */
  public long workspaceWith(long micros) {
    return workspaceWith(USD, 0, micros);
  }

  long workspaceWith(String currency, int markupPpm, long micros) {
    long workspace = Ids.next();
    reservations()
        .createWallet(
            CreateWalletRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setCurrency(currency)
                .setMarkupPpm(markupPpm)
                .build());
    if (micros > 0) {
      topUp(workspace, currency, micros);
    }
    return workspace;
  }

  void topUp(long workspace, String currency, long micros) {
    wallets(workspace)
        .topUpWallet(
            TopUpWalletRequest.newBuilder()
                .setAmount(Money.newBuilder().setCurrency(currency).setMicros(micros))
                .setRequestId("top-up-" + Ids.next())
                .build());
  }

  ReservationServiceGrpc.ReservationServiceBlockingStub reservations() {
    return ReservationServiceGrpc.newBlockingStub(channel);
  }

  /** For calls whose answer is not waited for. */
  ReservationServiceGrpc.ReservationServiceFutureStub unheardReservations() {
    return ReservationServiceGrpc.newFutureStub(channel);
  }

  public OperatorServiceGrpc.OperatorServiceBlockingStub operator() {
    return OperatorServiceGrpc.newBlockingStub(channel);
  }

  void setMarkup(long workspace, int ppm) {
    operator()
        .setMarkup(
            SetMarkupRequest.newBuilder().setWorkspaceId(workspace).setMarkupPpm(ppm).build());
  }

  WalletServiceGrpc.WalletServiceBlockingStub wallets(long workspace) {
    return wallets(workspace, Role.OWNER);
  }

  WalletServiceGrpc.WalletServiceBlockingStub wallets(long workspace, Role role) {
    return WalletServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.credentials(workspace, role));
  }

  StatementServiceGrpc.StatementServiceBlockingStub statements(long workspace) {
    return StatementServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.viewer(workspace));
  }

  RateCardServiceGrpc.RateCardServiceBlockingStub rateCards(long workspace) {
    return RateCardServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.viewer(workspace));
  }

  Wallet wallet(long workspace) {
    return wallets(workspace).getWallet(GetWalletRequest.getDefaultInstance()).getWallet();
  }

  ReserveResponse reserve(
      long workspace, long campaign, MessageCategory category, String country, int total) {
    return reserve(workspace, campaign, category, country, LOT, total);
  }

  ReserveResponse reserve(
      long workspace, long campaign, MessageCategory category, String country, int lot, int total) {
    return reservations()
        .reserve(
            ReserveRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setCampaignId(campaign)
                .setCategory(category)
                .addLines(
                    ReservationLine.newBuilder()
                        .setCountry(country)
                        .setLot(lot)
                        .setMessagesTotal(total))
                .build());
  }

  /** Reports how a line's messages stand; the version is one never used before. */
  void usage(long workspace, long campaign, String country, int lot, int charged, int released) {
    record(usageTotal(workspace, campaign, country, lot, Ids.next(), charged, released));
  }

  void usage(long workspace, long campaign, String country, int charged, int released) {
    usage(workspace, campaign, country, LOT, charged, released);
  }

  void record(UsageTotal total) {
    var answer =
        reservations().recordUsage(RecordUsageRequest.newBuilder().addTotals(total).build());
    if (answer.getRejectionsCount() > 0) {
      throw new AssertionError(answer.toString());
    }
  }

  static UsageTotal usageTotal(
      long workspace,
      long campaign,
      String country,
      int lot,
      long version,
      int charged,
      int released) {
    return UsageTotal.newBuilder()
        .setWorkspaceId(workspace)
        .setCampaignId(campaign)
        .setCountry(country)
        .setLot(lot)
        .setVersion(version)
        .setChargedMessages(charged)
        .setReleasedMessages(released)
        .build();
  }

  void unattempted(long workspace, long campaign, String country, int messages) {
    var answer =
        reservations()
            .recordUnattempted(
                RecordUnattemptedRequest.newBuilder()
                    .addTotals(
                        UnattemptedTotal.newBuilder()
                            .setWorkspaceId(workspace)
                            .setCampaignId(campaign)
                            .setCountry(country)
                            .setLot(LOT)
                            .setVersion(Ids.next())
                            .setMessages(messages))
                    .build());
    if (answer.getRejectionsCount() > 0) {
      throw new AssertionError(answer.toString());
    }
  }

  /** A connection of the service's own role, past all its code. */
  public Connection connection() throws SQLException {
    Connection connection =
        DriverManager.getConnection(database.url(), database.user(), database.password().value());
    connection.createStatement().execute("set search_path = billing");
    return connection;
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
    service.close();
  }
}
