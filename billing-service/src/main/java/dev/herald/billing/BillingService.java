package dev.herald.billing;

import dev.herald.billing.audit.LedgerAudit;
import dev.herald.billing.edge.Estimation;
import dev.herald.billing.edge.OperatorRpc;
import dev.herald.billing.edge.RateCardRpc;
import dev.herald.billing.edge.ReservationRpc;
import dev.herald.billing.edge.StatementRpc;
import dev.herald.billing.edge.WalletFeedRpc;
import dev.herald.billing.edge.WalletRpc;
import dev.herald.billing.ledger.EntryStore;
import dev.herald.billing.ledger.Ledger;
import dev.herald.billing.payment.Payments;
import dev.herald.billing.ratecard.RateCards;
import dev.herald.billing.reservation.CampaignStore;
import dev.herald.billing.reservation.Estimates;
import dev.herald.billing.reservation.LineStore;
import dev.herald.billing.reservation.Reservations;
import dev.herald.billing.reservation.Settlements;
import dev.herald.billing.statement.Statements;
import dev.herald.billing.wallet.NoticeStore;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.billing.wallet.Wallets;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.database.Database;
import dev.herald.runtime.grpc.GrpcServer;
import dev.herald.runtime.process.Resources;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;

/**
 * The billing service: how its parts fit together. Several instances may run on one database; they
 * meet in the wallets' locks and nowhere else.
 */
public final class BillingService implements AutoCloseable {
  public static final String SCHEMA = "billing";
  private static final int MAX_INBOUND_BYTES = 8 * 1024 * 1024;

  private final Resources resources;
  private final Database database;
  private final GrpcServer server;

  private BillingService(Resources resources, Database database, GrpcServer server) {
    this.resources = resources;
    this.database = database;
    this.server = server;
  }

  /** Starts with metrics nobody reads; a process that publishes them hands in its registry. */
  public static BillingService start(BillingConfig config) {
    return start(config, new SimpleMeterRegistry());
  }

  public static BillingService start(BillingConfig config, MeterRegistry metrics) {
    return start(
        config,
        TokenVerifier.of(config.jwks(), config.serviceSecret()),
        metrics,
        Clock.systemUTC());
  }

  static BillingService start(
      BillingConfig config, TokenVerifier tokens, MeterRegistry metrics, InstantSource clock) {
    Resources resources = new Resources();
    try {
      // Cards first: wrong files are to be heard of before anything is migrated.
      RateCards cards = resources.own(new RateCards(config.rateCardFolder(), metrics));
      Database database = resources.own(Database.open(config.database(), SCHEMA, metrics));
      GrpcServer server = resources.own(serve(config, tokens, metrics, clock, cards, database));
      return new BillingService(resources, database, server);
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  private static GrpcServer serve(
      BillingConfig config,
      TokenVerifier tokens,
      MeterRegistry metrics,
      InstantSource clock,
      RateCards cards,
      Database database) {
    Jdbi jdbi = database.jdbi();
    WalletStore walletStore = new WalletStore();
    NoticeStore notices = new NoticeStore();
    EntryStore entries = new EntryStore();
    LineStore lines = new LineStore();
    CampaignStore campaigns = new CampaignStore();

    Ledger ledger = new Ledger(jdbi, walletStore, entries, notices, clock);
    Wallets wallets = new Wallets(jdbi, walletStore, notices, cards, clock);
    Payments payments = new Payments(ledger, entries);
    Estimation estimation = new Estimation(new Estimates(jdbi, walletStore, cards, clock));
    Reservations reservations = new Reservations(ledger, lines, campaigns, cards, clock);
    Settlements settlements = new Settlements(ledger, lines, cards, metrics);
    Statements statements = new Statements(jdbi, walletStore, entries, lines, campaigns, clock);
    LedgerAudit audit = new LedgerAudit(jdbi, walletStore, cards);

    return GrpcServer.builder(config.grpc(), tokens, metrics)
        .maxInboundBytes(MAX_INBOUND_BYTES)
        .readiness(database::reachable)
        .service(new WalletRpc(jdbi, wallets, payments, entries))
        .service(new WalletFeedRpc(jdbi, wallets, notices))
        .service(new RateCardRpc(cards, wallets, estimation, clock))
        .service(new ReservationRpc(wallets, estimation, reservations, settlements, statements))
        .service(new StatementRpc(statements, audit))
        .service(new OperatorRpc(wallets, payments, audit))
        .start();
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
