package dev.herald.analytics.campaign;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.evidence.DurationScale;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CountryMetrics;
import dev.herald.analytics.v1.FailureReason;
import dev.herald.analytics.v1.Rates;
import dev.herald.analytics.v1.SkipCount;
import dev.herald.analytics.v1.Timings;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.common.v1.MessageType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads figures from counters: as fast at ten million messages as at ten (promise P10). */
public final class CampaignStore {
  private final Jdbi jdbi;

  /** A campaign's figures and whose it is. */
  public record Owned(long workspaceId, CampaignAnalytics analytics) {}

  /** What changed, and where the next look must begin. */
  record Changed(List<Owned> campaigns, String horizon) {}

  public CampaignStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  List<CampaignAnalytics> get(long workspace, long[] campaigns) {
    return jdbi
        .withHandle(
            handle ->
                read(
                    handle,
                    "where campaign_id = any(:ids) and workspace_id = :workspace",
                    Map.of("ids", campaigns, "workspace", workspace)))
        .stream()
        .map(Owned::analytics)
        .toList();
  }

  List<CampaignAnalytics> recentlyChanged(long workspace, int limit) {
    return jdbi
        .withHandle(
            handle ->
                read(
                    handle,
                    "where workspace_id = :workspace order by changed_at desc limit :limit",
                    Map.of("workspace", workspace, "limit", limit)))
        .stream()
        .map(Owned::analytics)
        .toList();
  }

  List<CampaignAnalytics> launchedBetween(long workspace, Instant start, Instant end) {
    return jdbi
        .withHandle(
            handle ->
                read(
                    handle,
                    """
                    where workspace_id = :workspace and launch_time >= :start and launch_time < :end
                    order by sent desc, campaign_id limit 50
                    """,
                    Map.of("workspace", workspace, "start", start, "end", end)))
        .stream()
        .map(Owned::analytics)
        .toList();
  }

  /**
   * What changed since a horizon. Transactions commit in another order than they begin: everything
   * not older than the oldest one still running at the last look is looked at again.
   */
  Changed changedSince(String horizon, long[] campaigns, long[] workspaces) {
    return jdbi.inTransaction(
        tx -> {
          String next =
              tx.createQuery("select pg_snapshot_xmin(pg_current_snapshot())::text")
                  .mapTo(String.class)
                  .one();
          return new Changed(
              read(
                  tx,
                  """
                  where changed_by >= cast(:horizon as xid8)
                    and (campaign_id = any(:campaigns) or workspace_id = any(:workspaces))
                  """,
                  Map.of("horizon", horizon, "campaigns", campaigns, "workspaces", workspaces)),
              next);
        });
  }

  /** The time zone campaign-service told for a campaign. */
  Optional<String> timeZoneOfCampaign(long campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select time_zone from campaign where campaign_id = :id")
                .bind("id", campaign)
                .mapTo(String.class)
                .findOne());
  }

  /** The time zone of a workspace's newest campaign: its own, as far as is known here. */
  Optional<String> timeZoneOfWorkspace(long workspace) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select time_zone from campaign
                    where workspace_id = :id and time_zone <> ''
                    order by create_time desc nulls last, campaign_id desc limit 1
                    """)
                .bind("id", workspace)
                .mapTo(String.class)
                .findOne());
  }

  private static List<Owned> read(Handle handle, String where, Map<String, ?> arguments) {
    Map<Long, CampaignAnalytics.Builder> builders = new java.util.LinkedHashMap<>();
    Map<Long, Long> workspaces = new HashMap<>();
    handle
        .createQuery("select * from campaign " + where)
        .bindMap(arguments)
        .map(
            (row, context) -> {
              long id = row.getLong("campaign_id");
              workspaces.put(id, row.getLong("workspace_id"));
              return builders.put(id, counts(row));
            })
        .list();
    if (builders.isEmpty()) {
      return List.of();
    }
    long[] ids = builders.keySet().stream().mapToLong(Long::longValue).toArray();
    addSkips(handle, ids, builders);
    addTimings(handle, ids, builders);
    List<Owned> all = new ArrayList<>();
    builders.forEach(
        (id, builder) -> all.add(new Owned(workspaces.getOrDefault(id, 0L), builder.build())));
    return all;
  }

  private static CampaignAnalytics.Builder counts(ResultSet row) throws SQLException {
    int audience = row.getInt("audience");
    int attempted =
        row.getInt("skipped")
            + row.getInt("unconfirmed")
            + row.getInt("accepted")
            + row.getInt("sent")
            + row.getInt("failed");
    CampaignAnalytics.Builder analytics =
        CampaignAnalytics.newBuilder()
            .setCampaignId(row.getLong("campaign_id"))
            .setStatus(CampaignStatus.valueOf(row.getString("status")))
            .setType(CampaignType.valueOf(row.getString("type")))
            .setMessageType(MessageType.valueOf(row.getString("message_type")))
            // Evidence may be ahead of the snapshot: who was attempted belongs to the audience.
            .setAudience(Math.max(audience, attempted))
            .setSubmitted(row.getInt("submitted"))
            .setSent(row.getInt("sent"))
            .setDelivered(row.getInt("delivered"))
            .setRead(row.getInt("read"))
            .setFailed(row.getInt("failed"))
            .setSkipped(row.getInt("skipped"))
            .setUnconfirmed(row.getInt("unconfirmed"))
            .setAccepted(row.getInt("accepted"))
            .setHeld(row.getInt("held"))
            .setReplied(row.getInt("replied"))
            .setClicked(row.getInt("clicked"))
            .setAnomalies(row.getInt("anomalies"))
            .setExpired(row.getInt("expired"))
            .setPending(Math.max(0, audience - attempted))
            .setVersion(row.getLong("version"))
            .setUpdateTime(timestamp(row.getTimestamp("changed_at").toInstant()));
    if (row.getTimestamp("launch_time") != null) {
      analytics.setLaunchTime(timestamp(row.getTimestamp("launch_time").toInstant()));
    }
    return analytics.setRates(rates(analytics));
  }

  private static Rates rates(CampaignAnalytics.Builder counts) {
    Rates.Builder rates = Rates.newBuilder();
    if (counts.getAudience() > 0) {
      rates.setSent((double) counts.getSent() / counts.getAudience());
    }
    if (counts.getSent() > 0) {
      rates.setDelivered((double) counts.getDelivered() / counts.getSent());
    }
    if (counts.getDelivered() > 0) {
      rates
          .setRead((double) counts.getRead() / counts.getDelivered())
          .setReplied((double) counts.getReplied() / counts.getDelivered())
          .setClicked((double) counts.getClicked() / counts.getDelivered());
    }
    if (counts.getSent() + counts.getFailed() > 0) {
      rates.setFailed((double) counts.getFailed() / (counts.getSent() + counts.getFailed()));
    }
    return rates.build();
  }

  private static void addSkips(
      Handle handle, long[] ids, Map<Long, CampaignAnalytics.Builder> builders) {
    handle
        .createQuery(
            """
            select * from skip_reason where campaign_id = any(:ids) and messages > 0
            order by messages desc
            """)
        .bind("ids", ids)
        .map(
            (row, context) ->
                java.util.Objects.requireNonNull(builders.get(row.getLong("campaign_id")))
                    .addSkips(
                        SkipCount.newBuilder()
                            .setReasonValue(row.getInt("reason"))
                            .setCount(row.getInt("messages"))))
        .list();
  }

  private static void addTimings(
      Handle handle, long[] ids, Map<Long, CampaignAnalytics.Builder> builders) {
    Map<Long, Map<Integer, SortedMap<Integer, Integer>>> histograms = new HashMap<>();
    handle
        .createQuery(
            "select * from campaign_duration where campaign_id = any(:ids) and messages > 0")
        .bind("ids", ids)
        .map(
            (row, context) ->
                histograms
                    .computeIfAbsent(row.getLong("campaign_id"), id -> new HashMap<>())
                    .computeIfAbsent(row.getInt("kind"), kind -> new TreeMap<>())
                    .put(row.getInt("step"), row.getInt("messages")))
        .list();
    histograms.forEach(
        (id, kinds) -> {
          Timings.Builder timings = Timings.newBuilder();
          SortedMap<Integer, Integer> delivered = kinds.getOrDefault(1, new TreeMap<>());
          SortedMap<Integer, Integer> read = kinds.getOrDefault(2, new TreeMap<>());
          if (!delivered.isEmpty()) {
            timings
                .setDeliverMedian(percentile(delivered, 0.5))
                .setDeliverP90(percentile(delivered, 0.9));
          }
          if (!read.isEmpty()) {
            timings.setReadMedian(percentile(read, 0.5)).setReadP90(percentile(read, 0.9));
          }
          java.util.Objects.requireNonNull(builders.get(id)).setTimings(timings);
        });
  }

  private static Duration percentile(SortedMap<Integer, Integer> histogram, double share) {
    long total = histogram.values().stream().mapToLong(Integer::longValue).sum();
    long seen = 0;
    for (Map.Entry<Integer, Integer> step : histogram.entrySet()) {
      seen += step.getValue();
      if (seen >= share * total) {
        return duration(DurationScale.middleMicros(step.getKey()));
      }
    }
    return duration(DurationScale.middleMicros(histogram.lastKey()));
  }

  /**
   * Failed messages by code, most frequent first. Meta's wording is that of the first message with
   * the code, so that it does not depend on the order of arrival either.
   */
  List<FailureReason> failures(long[] campaigns) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select code, sum(messages)::int as messages,
                      sum(messages) / sum(sum(messages)) over () as share,
                      max(coalesce(nullif(title, ''), (
                        select m.failure_title from message m
                        where m.campaign_id = r.campaign_id and m.failure_code = r.code
                        order by m.ordinal limit 1))) as title
                    from failure_reason r
                    where campaign_id = any(:ids) and messages > 0
                    group by code order by 2 desc, 1 limit 200
                    """)
                .bind("ids", campaigns)
                .map(
                    (row, context) ->
                        FailureAdvice.explained(
                            row.getInt("code"),
                            row.getInt("messages"),
                            row.getDouble("share"),
                            row.getString("title")))
                .list());
  }

  List<CountryMetrics> countries(long campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select country, sum(submitted)::int as submitted, sum(sent)::int as sent,
                      sum(delivered)::int as delivered, sum(read)::int as read,
                      sum(failed)::int as failed
                    from campaign_line where campaign_id = :id
                    group by country order by 2 desc, 1 limit 250
                    """)
                .bind("id", campaign)
                .map(
                    (row, context) ->
                        CountryMetrics.newBuilder()
                            .setCountry(row.getString("country"))
                            .setSubmitted(row.getInt("submitted"))
                            .setSent(row.getInt("sent"))
                            .setDelivered(row.getInt("delivered"))
                            .setRead(row.getInt("read"))
                            .setFailed(row.getInt("failed"))
                            .build())
                .list());
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static Duration duration(long micros) {
    return Duration.newBuilder()
        .setSeconds(micros / 1_000_000)
        .setNanos((int) (micros % 1_000_000) * 1000)
        .build();
  }
}
