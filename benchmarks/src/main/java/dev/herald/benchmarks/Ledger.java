package dev.herald.benchmarks;

import dev.herald.billing.v1.CreateWalletRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.UsageTotal;
import dev.herald.runtime.Ids;
import dev.herald.standalone.Api;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Usage lines settled a second, each with its ledger entries and balances, against a bare insert of
 * two rows for each line in the same batches; and reservations of one wallet from many callers.
 *
 * <p>A settled line moves money twice here, a charge and a release; {@code
 * ratio_of_lines_with_one_movement} is for lines that only charge, where the two bare rows are the
 * debit and the credit. Everything is measured warm, as in a service that has been running.
 */
final class Ledger implements Benchmark {
  private static final int LOT = 20260101;
  private static final int BATCH = 500;
  private static final int CALLERS = 64;
  private static final int MESSAGES = 40;
  private static final int WARM_UPS = 6;

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public String description() {
    return "Usage lines settled through gRPC; lines=50000: lines_per_s, ratio_to_bare_insert,"
        + " concurrent_reservations_exact (64 callers on one wallet)";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int lines = parameters.integer("lines", 50_000);
    try (Lab lab = Lab.open(Map.of());
        Api api = lab.api()) {
      long workspaceId = lab.workspaceId();
      ReservationServiceBlockingStub stub = lab.reservations();
      stub.createWallet(
          CreateWalletRequest.newBuilder().setWorkspaceId(workspaceId).setCurrency("USD").build());
      api.post(
          "wallet:topUp",
          Map.of("amount", Map.of("currency", "USD", "micros", "900000000000000")),
          "benchmark-money");
      List<Long> campaigns = reserve(stub, workspaceId, lines);
      for (int version = 1; version <= WARM_UPS; version++) {
        settle(stub, workspaceId, campaigns, version, 3 * version, version);
      }
      int version = WARM_UPS + 1;
      double settled = settle(stub, workspaceId, campaigns, version, 3 * version, version);
      double charged =
          settle(stub, workspaceId, campaigns, version + 1, 3 * (version + 1), version);
      double bare = bareInsert(lab, lines);
      boolean exact = reservationsFromManyCallers(stub, api, workspaceId);
      return new Figures()
          .add("lines_per_s", Math.round(settled))
          .add("bare_per_s", Math.round(bare))
          .add("ratio_to_bare_insert", settled / bare)
          .add("ratio_of_lines_with_one_movement", charged / bare)
          .add("concurrent_reservations_exact", exact ? 1L : 0L)
          .map();
    }
  }

  private static List<Long> reserve(
      ReservationServiceBlockingStub stub, long workspaceId, int lines) {
    List<Long> campaigns = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      long campaignId = Ids.next();
      stub.reserve(reservation(workspaceId, campaignId, MESSAGES));
      campaigns.add(campaignId);
      if (i % 10_000 == 0) {
        System.err.printf("reserved %d of %d%n", i, lines);
      }
    }
    return campaigns;
  }

  private static ReserveRequest reservation(long workspaceId, long campaignId, int messages) {
    return ReserveRequest.newBuilder()
        .setWorkspaceId(workspaceId)
        .setCampaignId(campaignId)
        .setCategory(MessageCategory.MARKETING)
        .addLines(
            ReservationLine.newBuilder().setCountry("IN").setLot(LOT).setMessagesTotal(messages))
        .build();
  }

  private static double settle(
      ReservationServiceBlockingStub stub,
      long workspaceId,
      List<Long> campaigns,
      int version,
      int charged,
      int released) {
    long begin = System.nanoTime();
    for (int from = 0; from < campaigns.size(); from += BATCH) {
      RecordUsageRequest.Builder request = RecordUsageRequest.newBuilder();
      for (long campaignId : campaigns.subList(from, Math.min(campaigns.size(), from + BATCH))) {
        request.addTotals(
            UsageTotal.newBuilder()
                .setWorkspaceId(workspaceId)
                .setCampaignId(campaignId)
                .setCountry("IN")
                .setLot(LOT)
                .setVersion(version)
                .setChargedMessages(charged)
                .setReleasedMessages(released));
      }
      if (stub.recordUsage(request.build()).getRejectionsCount() > 0) {
        throw new IllegalStateException("A line was rejected");
      }
    }
    return campaigns.size() / seconds(begin);
  }

  private static double bareInsert(Lab lab, int lines) throws SQLException {
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table public.bare_entry (
            id bigint generated always as identity primary key, workspace_id bigint,
            campaign_id bigint, account smallint, micros bigint, at timestamptz default now())
          """);
      connection.setAutoCommit(false);
      long begin = System.nanoTime();
      try (PreparedStatement insert =
          connection.prepareStatement(
              """
              insert into public.bare_entry (workspace_id, campaign_id, account, micros)
              values (1, ?, 1, 100), (1, ?, 2, 100)
              """)) {
        for (int i = 0; i < lines; i++) {
          insert.setLong(1, i);
          insert.setLong(2, i);
          insert.addBatch();
          if (i % BATCH == BATCH - 1) {
            insert.executeBatch();
            connection.commit();
          }
        }
        insert.executeBatch();
        connection.commit();
      }
      return lines / seconds(begin);
    }
  }

  /** True if what is reserved afterwards is exactly what the callers were told they got. */
  private static boolean reservationsFromManyCallers(
      ReservationServiceBlockingStub stub, Api api, long workspaceId)
      throws InterruptedException, ExecutionException {
    long before = reserved(api);
    long price = 0;
    int messages = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Long>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(
            callers.submit(
                () ->
                    stub.reserve(reservation(workspaceId, Ids.next(), 7))
                        .getReserved()
                        .getMicros()));
      }
      for (Future<Long> answer : answers) {
        price += answer.get();
        messages += 7;
      }
    }
    return messages == CALLERS * 7 && reserved(api) - before == price;
  }

  private static long reserved(Api api) {
    return api.get("wallet").path("reserved").path("micros").asLong();
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
