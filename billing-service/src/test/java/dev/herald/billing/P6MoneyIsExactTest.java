package dev.herald.billing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.AuditLedgerResponse;
import dev.herald.runtime.testing.EmbeddedDatabases;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Promise P6: each message is charged once if and only if it counts as sent, at the price fixed
 * when it was reserved; debits equal credits at every commit.
 *
 * <p>Thousands of campaigns live random lives in shared wallets, told by relays that lose, repeat
 * and reorder what they tell, give up waiting for answers, and see the database drop its
 * connections. The database checks the books at every commit; at the end they are compared with
 * what really happened.
 */
class P6MoneyIsExactTest {
  private static final int CAMPAIGNS = Integer.getInteger("herald.campaigns", 1_000);
  private static final int WALLETS = 80;
  private static final int RELAYS = 10;
  private static final int TOGETHER = 50;

  @Test
  void whateverHappensInWhateverOrderTheBooksAreWhatHappened() throws Exception {
    long seed = Long.getLong("herald.seed", System.nanoTime());
    System.out.println("P6MoneyIsExactTest -Dherald.seed=" + seed);
    try (BillingFixture billing = new BillingFixture()) {
      BooksAtEveryCommit.areChecked(billing);
      List<PlayedWallet> wallets = new ArrayList<>();
      for (int i = 0; i < WALLETS; i++) {
        wallets.add(PlayedWallet.open(billing, i));
      }
      List<Callable<List<PlayedLine>>> work = new ArrayList<>();
      SplittableRandom seeds = new SplittableRandom(seed);
      for (int i = 0; i < CAMPAIGNS / TOGETHER; i++) {
        SplittableRandom random = seeds.split();
        work.add(() -> new Relay(billing, wallets, random).playOut(TOGETHER));
      }
      List<PlayedLine> truth = run(billing, wallets, work);
      assertThat(truth.stream().map(line -> line.campaign).distinct()).hasSize(CAMPAIGNS);
      assertThat(truth.stream().filter(line -> line.sent() > 0)).isNotEmpty();
      assertLines(billing, truth);
      assertWallets(billing, wallets, truth);
    }
  }

  private static List<PlayedLine> run(
      BillingFixture billing, List<PlayedWallet> wallets, List<Callable<List<PlayedLine>>> work)
      throws Exception {
    List<PlayedLine> truth = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService relays = Executors.newFixedThreadPool(RELAYS);
        ExecutorService auditor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> audits = auditor.submit(() -> auditUntil(over, billing, wallets));
      try {
        List<Future<List<PlayedLine>>> played = work.stream().map(relays::submit).toList();
        for (int i = 0; i < played.size(); i++) {
          truth.addAll(played.get(i).get());
          if (i % (played.size() / 4) == played.size() / 8) {
            EmbeddedDatabases.disconnect(billing.database);
          }
        }
      } finally {
        over.set(true);
        relays.shutdownNow();
      }
      assertThat(audits.get()).isPositive();
    }
    return truth;
  }

  private static int auditUntil(
      AtomicBoolean over, BillingFixture billing, List<PlayedWallet> wallets) {
    int audits = 0;
    while (!over.get()) {
      PlayedWallet wallet = wallets.get(audits % wallets.size());
      AuditLedgerResponse audit =
          Relay.untilAnswered(
              () ->
                  billing
                      .statements(wallet.workspace)
                      .auditLedger(AuditLedgerRequest.getDefaultInstance()));
      assertThat(audit.getDifferencesList()).isEmpty();
      audits++;
    }
    return audits;
  }

  private static void assertLines(BillingFixture billing, List<PlayedLine> truth)
      throws SQLException {
    Map<String, String> expected = new HashMap<>();
    for (PlayedLine line : truth) {
      if (line.reserved() > 0) {
        expected.put(
            line.workspace + "/" + line.campaign + "/" + line.country + "/" + line.lot,
            "price %d, reserved %d, held %d, charged %d"
                .formatted(line.price, line.reserved(), line.open(), line.sent()));
      }
    }
    Map<String, String> found = new HashMap<>();
    try (Connection connection = billing.connection();
        Statement statement = connection.createStatement();
        ResultSet lines =
            statement.executeQuery(
                """
                select workspace_id || '/' || campaign_id || '/' || country || '/' || lot,
                       format('price %s, reserved %s, held %s, charged %s',
                              unit_price, reserved_total, held, charged_total)
                  from line
                 where reserved_total > 0
                """)) {
      while (lines.next()) {
        found.put(lines.getString(1), lines.getString(2));
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  private static void assertWallets(
      BillingFixture billing, List<PlayedWallet> wallets, List<PlayedLine> truth) {
    Map<Long, Long> charged = new HashMap<>();
    Map<Long, Long> open = new HashMap<>();
    for (PlayedLine line : truth) {
      charged.merge(line.workspace, line.sent() * line.price, Math::addExact);
      open.merge(line.workspace, line.open() * line.price, Math::addExact);
    }
    for (PlayedWallet wallet : wallets) {
      var found = answered(() -> billing.wallet(wallet.workspace));
      long spent = charged.getOrDefault(wallet.workspace, 0L);
      long held = open.getOrDefault(wallet.workspace, 0L);
      assertThat(found.getToppedUp().getMicros()).isEqualTo(wallet.toppedUp());
      assertThat(found.getCharged().getMicros()).isEqualTo(spent);
      assertThat(found.getReserved().getMicros()).isEqualTo(held);
      assertThat(found.getAvailable().getMicros()).isEqualTo(wallet.toppedUp() - spent - held);
      AuditLedgerResponse audit =
          answered(
              () ->
                  billing
                      .statements(wallet.workspace)
                      .auditLedger(AuditLedgerRequest.getDefaultInstance()));
      assertThat(audit.getDifferencesList()).isEmpty();
      assertThat(audit.getDebits()).isEqualTo(audit.getCredits());
    }
  }

  // The last connections that were cut may still be in the service's pool: who meets one is told to
  // try again.
  private static <T> T answered(Supplier<T> question) {
    for (int cut = 0; cut < BillingFixture.CONNECTIONS; cut++) {
      try {
        return question.get();
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
    }
    return question.get();
  }
}
