package dev.herald.analytics.campaign;

import dev.herald.analytics.evidence.EvidenceSet;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.billing.v1.LineState;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Recomputes a campaign's figures from its messages in one snapshot, by the pure rule, and compares
 * what billing has charged with the messages that count as charged. There must be no difference.
 */
public final class Reconciliation {
  private static final int MOST_DIFFERENCES = 200;

  private final Jdbi jdbi;
  private final Costs costs;

  public Reconciliation(Jdbi jdbi, Costs costs) {
    this.jdbi = jdbi;
    this.costs = costs;
  }

  ReconcileCampaignResponse of(long workspace, long campaign) {
    Differences differences = new Differences();
    Recomputed recomputed =
        jdbi.inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ,
            tx -> {
              tx.execute("set local statement_timeout = '120s'");
              Recomputed counted = recomputed(tx, campaign);
              compareCounters(tx, campaign, counted, differences);
              compareLines(tx, campaign, counted, differences);
              compareReasons(tx, campaign, counted, differences);
              compareSeries(tx, campaign, counted, differences);
              compareBlocks(tx, campaign, differences);
              return counted;
            });
    charges(workspace, campaign, differences);
    return ReconcileCampaignResponse.newBuilder()
        .setExact(differences.none())
        .setMessagesChecked(recomputed.messages())
        .addAllDifferences(differences.sentences(MOST_DIFFERENCES))
        .setRecomputed(recomputed.analytics(campaign))
        .build();
  }

  /** Messages that are alike, those that retention has removed among them. */
  private static Recomputed recomputed(Handle tx, long campaign) {
    Recomputed recomputed = new Recomputed();
    tx.createQuery(
            """
            select country, lot, evidence, coalesce(failure_code, 0) as failure_code,
              coalesce(skip_reason, 0::smallint) as skip_reason, count(*) as messages
            from message where campaign_id = :id group by 1, 2, 3, 4, 5
            union all
            select country, lot, evidence, failure_code, skip_reason, messages
            from removed_messages where campaign_id = :id
            """)
        .bind("id", campaign)
        .map(
            (row, context) -> {
              recomputed.add(
                  new EvidenceSet(row.getInt("evidence")),
                  row.getString("country") + " " + row.getInt("lot"),
                  row.getInt("failure_code"),
                  row.getInt("skip_reason"),
                  row.getLong("messages"));
              return true;
            })
        .list();
    return recomputed;
  }

  private static void compareCounters(
      Handle tx, long campaign, Recomputed recomputed, Differences differences) {
    Map<String, Object> kept =
        tx.createQuery("select * from campaign where campaign_id = :id")
            .bind("id", campaign)
            .mapToMap()
            .one();
    for (String counter : Recomputed.COUNTERS) {
      differences.compare("counter " + counter, number(kept, counter), recomputed.counter(counter));
    }
  }

  private static void compareLines(
      Handle tx, long campaign, Recomputed recomputed, Differences differences) {
    Map<String, Map<String, Long>> kept = new TreeMap<>();
    tx.createQuery("select * from campaign_line where campaign_id = :id")
        .bind("id", campaign)
        .mapToMap()
        .forEach(
            row -> {
              Map<String, Long> line = new HashMap<>();
              Recomputed.LINE_COUNTERS.forEach(counter -> line.put(counter, number(row, counter)));
              kept.put(row.get("country") + " " + row.get("lot"), line);
            });
    Set<String> lines = new TreeSet<>(kept.keySet());
    lines.addAll(recomputed.lines());
    for (String line : lines) {
      for (String counter : Recomputed.LINE_COUNTERS) {
        differences.compare(
            "line " + line + " " + counter,
            kept.getOrDefault(line, Map.of()).getOrDefault(counter, 0L),
            recomputed.line(line, counter));
      }
    }
  }

  private static void compareReasons(
      Handle tx, long campaign, Recomputed recomputed, Differences differences) {
    differences.compare(
        "failure code",
        counts(tx, "select code, messages from failure_reason where campaign_id = :id", campaign),
        recomputed.failures());
    differences.compare(
        "skip reason",
        counts(tx, "select reason, messages from skip_reason where campaign_id = :id", campaign),
        recomputed.skips());
  }

  /** The sums of the series; their minutes cannot be told from removed messages any more. */
  private static void compareSeries(
      Handle tx, long campaign, Recomputed recomputed, Differences differences) {
    Map<String, Object> sums =
        tx.createQuery(
                """
                select coalesce(sum(submitted), 0) as submitted, coalesce(sum(sent), 0) as sent,
                  coalesce(sum(delivered), 0) as delivered, coalesce(sum(read), 0) as read,
                  coalesce(sum(failed), 0) as failed, coalesce(sum(replied), 0) as replied,
                  coalesce(sum(clicked), 0) as clicked
                from campaign_minute where campaign_id = :id
                """)
            .bind("id", campaign)
            .mapToMap()
            .one();
    sums.forEach(
        (counter, sum) ->
            differences.compare(
                "series " + counter, ((Number) sum).longValue(), recomputed.counter(counter)));
  }

  private static void compareBlocks(Handle tx, long campaign, Differences differences) {
    tx.createQuery(
            """
            select coalesce(b.block, m.block) as block, coalesce(b.messages, 0) as kept,
              coalesce(m.messages, 0) as recomputed
            from (
              select block, country, evidence, messages from message_block
              where campaign_id = :id and messages <> 0
            ) b full join (
              select ordinal >> 12 as block, country, evidence, count(*) as messages
              from message where campaign_id = :id group by 1, 2, 3
            ) m using (block, country, evidence)
            where b.messages is distinct from m.messages
            """)
        .bind("id", campaign)
        .map(
            (row, context) -> {
              differences.compare(
                  "block " + row.getInt("block"), row.getLong("kept"), row.getLong("recomputed"));
              return true;
            })
        .list();
  }

  private static Map<Integer, Long> counts(Handle tx, String sql, long campaign) {
    Map<Integer, Long> counts = new HashMap<>();
    tx.createQuery(sql)
        .bind("id", campaign)
        .map((row, context) -> counts.put(row.getInt(1), row.getLong(2)))
        .list();
    return counts;
  }

  /**
   * Billing may lag by what is on its way to it; only lines it has been told in full are compared.
   */
  private void charges(long workspace, long campaign, Differences differences) {
    try {
      for (LineState line : costs.lines(workspace, campaign)) {
        jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            select case when c.charge_basis = 'ON_SENT' then l.sent
                              else l.delivered end
                            from campaign_line l join campaign c using (campaign_id)
                            where campaign_id = :id and country = :country and lot = :lot
                              and l.version = :version
                            """)
                        .bind("id", campaign)
                        .bind("country", line.getCountry())
                        .bind("lot", line.getLot())
                        .bind("version", line.getUsageVersion())
                        .mapTo(Long.class)
                        .findOne())
            .ifPresent(
                messages -> {
                  differences.compare(
                      "charged messages " + line.getCountry(), line.getChargedMessages(), messages);
                  differences.compare(
                      "charged micros " + line.getCountry(),
                      line.getCharged().getMicros(),
                      Math.max(0, messages - line.getFreeMessages())
                          * line.getUnitPrice().getMicros());
                });
      }
    } catch (StatusRuntimeException e) {
      differences.add("billing could not be asked: " + e.getStatus().getCode());
    }
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) java.util.Objects.requireNonNull(row.get(column))).longValue();
  }
}
