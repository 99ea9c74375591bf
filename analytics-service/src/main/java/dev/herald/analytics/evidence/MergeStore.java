package dev.herald.analytics.evidence;

import dev.herald.runtime.crash.CrashPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Merges batches of evidence. One statement unites them with what is known and adds what changed to
 * the series, the failure and skip reasons, the histograms and the usage totals; its answer is
 * added to the counters, in the same transaction: that is all of promise P1. Keys are sorted, so
 * that two writers cannot deadlock.
 */
public final class MergeStore {
  private static final int MAX_KNOWN = 200_000;

  private static final String COUNT =
      """
      update campaign
      set submitted = submitted + :submitted, sent = sent + :sent,
        delivered = delivered + :delivered, read = read + :read, failed = failed + :failed,
        skipped = skipped + :skipped, unconfirmed = unconfirmed + :unconfirmed,
        accepted = accepted + :accepted, held = held + :held, replied = replied + :replied,
        clicked = clicked + :clicked, anomalies = anomalies + :anomalies,
        expired = expired + :expired, version = version + 1,
        changed_by = pg_current_xact_id(), changed_at = now()
      where campaign_id = :campaign_id
      """;

  private final Jdbi jdbi;
  // Whose campaign it is never changes, so an answer may be kept for ever.
  private final Map<Long, Long> workspaceByCampaign = new ConcurrentHashMap<>();

  public MergeStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Merges facts of several callers; durable when it returns. Facts about messages that retention
   * has closed change nothing.
   *
   * @return the ordinals below which a campaign is closed, for campaigns where that is any
   */
  Map<Long, Long> merge(Collection<Fact> facts) {
    if (facts.isEmpty()) {
      return Map.of();
    }
    List<Merged> merged = united(facts);
    Map<Long, Long> closed =
        jdbi.inTransaction(
            tx -> {
              Map<Long, Long> below = merge(tx, merged);
              CrashPoint.reached("analytics.merge.before-commit");
              return below;
            });
    CrashPoint.reached("analytics.merge.committed");
    return closed;
  }

  /** Merges within the caller's transaction; rows sorted by key, each key once. */
  static Map<Long, Long> merge(Handle tx, List<Merged> merged) {
    begin(tx);
    Map<Long, Long> closed = closedBelow(tx, merged);
    List<Merged> open =
        closed.isEmpty()
            ? merged
            : merged.stream()
                .filter(row -> row.ordinal >= closed.getOrDefault(row.campaignId, 0L))
                .toList();
    if (!open.isEmpty()) {
      count(tx, bound(tx.createQuery(MergeStatement.SQL), open).mapToMap().list());
    }
    return closed;
  }

  /**
   * Gives the transaction its number before it looks for closed messages: retention removes
   * messages only when every transaction that may not have seen them closed is over. The plan of
   * the statement does not depend on its arguments, and making it anew costs as much as a small
   * batch.
   */
  private static void begin(Handle tx) {
    tx.createQuery(
            """
            select pg_current_xact_id()::text,
              set_config('plan_cache_mode', 'force_generic_plan', true)
            """)
        .mapTo(String.class)
        .one();
  }

  private static Map<Long, Long> closedBelow(Handle tx, List<Merged> merged) {
    return tx.createQuery(
            """
            select campaign_id, closed_below from campaign
            where campaign_id = any(:campaigns) and closed_below > 0
            """)
        .bind("campaigns", merged.stream().mapToLong(row -> row.campaignId).distinct().toArray())
        .map((row, context) -> Map.entry(row.getLong(1), row.getLong(2)))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static void count(Handle tx, List<Map<String, Object>> changes) {
    if (changes.isEmpty()) {
      return;
    }
    PreparedBatch batch = tx.prepareBatch(COUNT);
    changes.forEach(change -> batch.bindMap(change).add());
    batch.execute();
  }

  /**
   * Makes the campaigns known, and says whose they are. A campaign belongs to the workspace of its
   * first snapshot or evidence.
   */
  Map<Long, Long> workspaces(List<Fact> facts) {
    Map<Long, Long> known = new HashMap<>();
    Map<Long, Long> unknown = new TreeMap<>();
    for (Fact fact : facts) {
      Long workspace = workspaceByCampaign.get(fact.campaignId());
      if (workspace == null) {
        unknown.putIfAbsent(fact.campaignId(), fact.workspaceId());
      } else {
        known.put(fact.campaignId(), workspace);
      }
    }
    if (!unknown.isEmpty()) {
      known.putAll(learned(unknown));
    }
    return known;
  }

  private Map<Long, Long> learned(Map<Long, Long> unknown) {
    long[] campaigns = unknown.keySet().stream().mapToLong(Long::longValue).toArray();
    long[] workspaces = unknown.values().stream().mapToLong(Long::longValue).toArray();
    Map<Long, Long> learned = new HashMap<>();
    jdbi.useTransaction(
        tx -> {
          tx.createUpdate(
                  """
                  insert into campaign (campaign_id, workspace_id)
                  select * from unnest(:campaigns::bigint[], :workspaces::bigint[]) order by 1
                  on conflict (campaign_id) do nothing
                  """)
              .bind("campaigns", campaigns)
              .bind("workspaces", workspaces)
              .execute();
          tx.createQuery(
                  """
                  select campaign_id, workspace_id from campaign
                  where campaign_id = any(:campaigns)
                  """)
              .bind("campaigns", campaigns)
              .map((row, context) -> learned.put(row.getLong(1), row.getLong(2)))
              .list();
        });
    if (workspaceByCampaign.size() > MAX_KNOWN) {
      workspaceByCampaign.clear();
    }
    workspaceByCampaign.putAll(learned);
    return learned;
  }

  /** One row for each message, in the order of the keys. */
  static List<Merged> united(Collection<Fact> facts) {
    Map<Long, Map<Integer, Merged>> byKey = new TreeMap<>();
    for (Fact fact : facts) {
      byKey
          .computeIfAbsent(fact.campaignId(), id -> new TreeMap<>())
          .computeIfAbsent(fact.ordinal(), ordinal -> new Merged(fact))
          .add(fact);
    }
    List<Merged> merged = new ArrayList<>(facts.size());
    byKey.values().forEach(campaign -> merged.addAll(campaign.values()));
    return merged;
  }

  /**
   * The rows as arrays, one for each column. A column that no row has anything in is an empty
   * array, which reads as null in every row: most batches hold one or two kinds of evidence.
   */
  static <S extends SqlStatement<S>> S bound(S statement, List<Merged> rows) {
    int seen = rows.stream().mapToInt(row -> row.evidence).reduce(0, (a, b) -> a | b);
    List<Merged> skipped = (seen & EvidenceKind.SKIPPED.bit()) == 0 ? List.of() : rows;
    List<Merged> failed = (seen & EvidenceKind.FAILED.bit()) == 0 ? List.of() : rows;
    statement
        .bind("campaigns", longs(rows, row -> row.campaignId))
        .bind("ordinals", ints(rows, row -> row.ordinal))
        .bind("countries", texts(rows, row -> row.country))
        .bind("lots", ints(rows, row -> row.lot))
        .bind("evidence", ints(rows, row -> row.evidence))
        .bind("skipReasons", ints(skipped, row -> row.skipReason))
        .bind("failureCodes", ints(failed, row -> row.failureCode))
        .bind("failureTitles", texts(failed, row -> row.failureTitle))
        .bind("failureDetails", texts(failed, row -> row.failureDetails))
        .bind("scale", array("int8", DurationScale.edgesMicros()));
    for (EvidenceKind kind : EvidenceKind.ALL) {
      statement.bind(
          kind.name().toLowerCase(Locale.ROOT) + "_at",
          longs((seen & kind.bit()) == 0 ? List.of() : rows, row -> row.at[kind.ordinal()]));
    }
    return statement;
  }

  private static Argument longs(List<Merged> rows, ToLongFunction<Merged> value) {
    return array("int8", rows.stream().mapToLong(value).toArray());
  }

  private static Argument ints(List<Merged> rows, ToIntFunction<Merged> value) {
    return array("int4", rows.stream().mapToInt(value).toArray());
  }

  private static Argument texts(List<Merged> rows, Function<Merged, @Nullable String> value) {
    @Nullable String[] texts = new String[rows.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = value.apply(rows.get(i));
    }
    return array("text", texts);
  }

  /** As the driver sends it best: numbers unboxed and in binary. */
  private static Argument array(String type, Object elements) {
    return (position, statement, context) ->
        statement.setArray(
            position,
            statement.getConnection().unwrap(PGConnection.class).createArrayOf(type, elements));
  }
}
