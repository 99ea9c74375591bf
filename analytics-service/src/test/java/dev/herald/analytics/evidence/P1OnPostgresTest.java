package dev.herald.analytics.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The merging statement on the real database, many cases in each transaction. */
class P1OnPostgresTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("analytics");

  private static final int WRITERS = 4;
  private static final int CASES = 500;
  // More by -Dherald.rounds=100.
  private static final int ROUNDS = Integer.getInteger("herald.rounds", 3);
  private static final long SECOND = 1_000_000L;

  /** Everything that follows from the evidence of a campaign; its id is left out. */
  private static final Map<String, String> FOLLOWING =
      Map.of(
          "message",
          "ordinal, lot, evidence, skip_reason, failure_code, accepted_at, held_at, sent_at,"
              + " delivered_at, read_at, failed_at, replied_at, clicked_at, skipped_at,"
              + " unconfirmed_at, expired_at, country, failure_title, failure_details",
          "campaign_line",
          "country, lot, submitted, sent, delivered, read, failed, released_on_sent,"
              + " released_on_delivered",
          "campaign_minute",
          "minute, submitted, sent, delivered, read, failed, replied, clicked",
          "failure_reason",
          "code, messages",
          "skip_reason",
          "reason, messages",
          "campaign_duration",
          "kind, step, messages",
          "message_block",
          "block, country, evidence, messages",
          "campaign",
          "submitted, sent, delivered, read, failed, skipped, unconfirmed, accepted, held, replied,"
              + " clicked, anomalies, expired");

  /** What is no row at all and a row of zeros mean the same. */
  private static final Map<String, String> ZEROS =
      Map.of(
          "campaign_line",
          "(submitted, sent, delivered, read, failed, released_on_sent, released_on_delivered)"
              + " <> (0, 0, 0, 0, 0, 0, 0)",
          "campaign_minute",
          "(submitted, sent, delivered, read, failed, replied, clicked) <> (0, 0, 0, 0, 0, 0, 0)",
          "failure_reason",
          "messages <> 0",
          "skip_reason",
          "messages <> 0",
          "campaign_duration",
          "messages <> 0",
          "message_block",
          "messages <> 0");

  private final MergeStore store = new MergeStore(database.jdbi());

  @Test
  void anyOrderRepetitionSplitAndWritersEndInTheSameFigures() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 4711L + round;
      Random random = new Random(seed);
      long base = 1_000_000L * (round + 1);
      List<Fact> straight = new ArrayList<>();
      for (int i = 0; i < CASES; i++) {
        straight.addAll(Facts.any(random, base + i, 3, 1 + random.nextInt(12)));
      }
      List<Fact> elsewhere =
          straight.stream().map(fact -> Facts.inCampaign(fact, fact.campaignId() + CASES)).toList();
      store.workspaces(straight);
      store.workspaces(elsewhere);
      store.merge(straight);
      write(Facts.split(random, Facts.disturbed(random, elsewhere), 900), WRITERS);
      for (String table : FOLLOWING.keySet()) {
        assertThat(differing(table, base)).as("%s, seed %d", table, seed).isZero();
      }
      requireThatFiguresFollowFromMessages();
    }
  }

  @Test
  void everySequenceOfStatusesUpToSevenCountsAsItsSet() {
    EvidenceKind[] statuses = {
      EvidenceKind.SENT, EvidenceKind.DELIVERED, EvidenceKind.READ, EvidenceKind.FAILED
    };
    long campaign = 77;
    List<List<Fact>> steps = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      steps.add(new ArrayList<>());
    }
    Map<Bucket, Integer> expected = new HashMap<>();
    int ordinal = 0;
    for (int length = 1; length <= 7; length++) {
      int[] sequence = new int[length];
      do {
        EvidenceSet seen = EvidenceSet.EMPTY;
        for (int i = 0; i < length; i++) {
          EvidenceKind kind = statuses[sequence[i]];
          seen = seen.with(kind);
          steps.get(i).add(Facts.fact(campaign, ordinal, kind, (1_700_000_000L + i) * SECOND));
        }
        expected.merge(Bucket.of(seen), 1, Integer::sum);
        ordinal++;
      } while (P1ExactCountsTest.next(sequence, statuses.length));
    }
    store.workspaces(steps.getFirst());
    steps.forEach(store::merge);
    Map<String, Object> counters = campaign(campaign);
    assertThat(ordinal).isEqualTo(21_844);
    assertThat(counters)
        .containsEntry("read", expected.get(Bucket.READ))
        .containsEntry("delivered", expected.get(Bucket.READ) + expected.get(Bucket.DELIVERED))
        .containsEntry("failed", expected.get(Bucket.FAILED))
        .containsEntry("sent", ordinal - expected.get(Bucket.FAILED));
    requireThatFiguresFollowFromMessages();
  }

  @Test
  void eightWritersOnTheSameKeysNeitherDeadlockNorMiscount() throws Exception {
    Random random = new Random(99);
    List<Fact> facts = new ArrayList<>();
    for (long campaign = 900; campaign < 906; campaign++) {
      facts.addAll(Facts.any(random, campaign, 400, 3000));
    }
    List<Fact> elsewhere =
        facts.stream().map(fact -> Facts.inCampaign(fact, fact.campaignId() + CASES)).toList();
    store.workspaces(facts);
    store.workspaces(elsewhere);
    store.merge(facts);
    // Every writer has all facts, in an order of its own.
    List<List<Fact>> batches = new ArrayList<>();
    for (int writer = 0; writer < 8; writer++) {
      List<Fact> shuffled = new ArrayList<>(elsewhere);
      Collections.shuffle(shuffled, random);
      batches.addAll(Facts.split(random, shuffled, 1500));
    }
    Collections.shuffle(batches, random);
    write(batches, 8);
    for (String table : FOLLOWING.keySet()) {
      assertThat(differing(table, 900)).as(table).isZero();
    }
    requireThatFiguresFollowFromMessages();
  }

  @Test
  void whatAddsNothingChangesNothing() {
    List<Fact> facts = Facts.any(new Random(5), 600, 20, 200);
    store.workspaces(facts);
    store.merge(facts);
    Object version = campaign(600).get("version");
    store.merge(facts);
    assertThat(campaign(600)).containsEntry("version", version);
  }

  private void write(List<List<Fact>> batches, int writers) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
      List<Callable<Object>> tasks =
          batches.stream().<Callable<Object>>map(batch -> () -> store.merge(batch)).toList();
      for (Future<Object> done : executor.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
        done.get();
      }
    }
  }

  /**
   * Rows of campaigns from {@code base} on that their twins do not have, and the other way round.
   */
  private static long differing(String table, long base) {
    String columns = FOLLOWING.get(table);
    String where = ZEROS.getOrDefault(table, "true");
    String rows = "select campaign_id - %d, " + columns + " from " + table + " where " + where;
    String one = rows.formatted(0) + " and campaign_id >= :base and campaign_id < :base + :cases";
    String two =
        rows.formatted(CASES)
            + " and campaign_id >= :base + :cases and campaign_id < :base + 2 * :cases";
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select count(*) from ((%1$s except all %2$s) union all (%2$s except all %1$s)) d"
                            .formatted("(" + one + ")", "(" + two + ")"))
                    .bind("base", base)
                    .bind("cases", CASES)
                    .mapTo(Long.class)
                    .one());
  }

  /** Counters, lines and series of all campaigns against the messages themselves. */
  private static void requireThatFiguresFollowFromMessages() {
    for (String counter : Meaning.COUNTERS) {
      requireNone(
          """
          select c.campaign_id from campaign c
          where c.%1$s <> (select coalesce(sum(e.%1$s), 0) from message m
            join evidence_meaning e using (evidence) where m.campaign_id = c.campaign_id)
          """
              .formatted(counter));
    }
    for (String counter :
        List.of("submitted", "sent", "delivered", "read", "failed", "replied", "clicked")) {
      requireNone(
          """
          select c.campaign_id from campaign c
          where c.%1$s <> (select coalesce(sum(%1$s), 0) from campaign_minute s
            where s.campaign_id = c.campaign_id)
          """
              .formatted(counter));
      requireNone(
          """
          select workspace_id from campaign c group by workspace_id
          having sum(c.%1$s) <> (select coalesce(sum(%1$s), 0) from workspace_minute s
            where s.workspace_id = c.workspace_id)
          """
              .formatted(counter));
    }
    for (String counter :
        List.of(
            "submitted",
            "sent",
            "delivered",
            "read",
            "failed",
            "released_on_sent",
            "released_on_delivered")) {
      requireNone(
          """
          select campaign_id from (
            select campaign_id, country, lot, %1$s as n from campaign_line
            union all
            select campaign_id, country, lot, -e.%1$s
            from message join evidence_meaning e using (evidence)) d
          group by campaign_id, country, lot having sum(n) <> 0
          """
              .formatted(counter));
    }
  }

  private static void requireNone(String sql) {
    List<Long> wrong =
        database.jdbi().withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).list());
    assertThat(wrong).as(sql).isEmpty();
  }

  private static Map<String, Object> campaign(long id) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select * from campaign where campaign_id = :id")
                    .bind("id", id)
                    .mapToMap()
                    .one());
  }
}
