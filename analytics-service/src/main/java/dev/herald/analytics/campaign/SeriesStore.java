package dev.herald.analytics.campaign;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.HourOfDay;
import dev.herald.analytics.v1.LaunchHour;
import dev.herald.analytics.v1.SeriesPoint;
import dev.herald.analytics.v1.SeriesStep;
import dev.herald.runtime.HeraldException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Series of a campaign or a workspace, summed up from minutes. */
public final class SeriesStore {
  private static final int MAX_POINTS = 5000;
  private static final int LAUNCH_HOURS = 30 * 24;

  private final Jdbi jdbi;

  public SeriesStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  List<SeriesPoint> campaign(
      long campaign, SeriesStep step, String zone, Instant start, Instant end) {
    return points("campaign_minute", "campaign_id", campaign, step, zone, start, end);
  }

  List<SeriesPoint> workspace(
      long workspace, SeriesStep step, String zone, Instant start, Instant end) {
    return points("workspace_minute", "workspace_id", workspace, step, zone, start, end);
  }

  /** From the first to the last minute of a range with anything in it. */
  long spanSeconds(long campaign, Instant start, Instant end) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select coalesce(max(minute) - min(minute), 0) * 60::bigint
                    from campaign_minute
                    where campaign_id = :id and minute >= :from and minute < :to
                    """)
                .bind("id", campaign)
                .bind("from", minute(start))
                .bind("to", minuteAfter(end))
                .mapTo(Long.class)
                .one());
  }

  List<HourOfDay> hours(long workspace, String zone, Instant start, Instant end) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select extract(hour from to_timestamp(minute * 60.0) at time zone :zone)::int
                        as hour, sum(sent) as sent, sum(read) as read
                    from workspace_minute
                    where workspace_id = :id and minute >= :from and minute < :to
                    group by 1 order by 1
                    """)
                .bind("id", workspace)
                .bind("zone", zone)
                .bind("from", minute(start))
                .bind("to", minuteAfter(end))
                .map(
                    (row, context) ->
                        HourOfDay.newBuilder()
                            .setHour(row.getInt("hour"))
                            .setSent(row.getLong("sent"))
                            .setRead(row.getLong("read"))
                            .build())
                .list());
  }

  /**
   * From when the hours since launch count: the launch, or the first minute with anything in it.
   */
  Optional<Instant> begin(long campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select coalesce(c.launch_time, to_timestamp((
                        select min(minute) * 60.0 from campaign_minute m
                        where m.campaign_id = c.campaign_id)))
                    from campaign c where c.campaign_id = :id
                    """)
                .bind("id", campaign)
                .mapTo(Instant.class)
                .findOne());
  }

  List<LaunchHour> launchHours(long campaign, Instant begin) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select greatest(0, floor((minute * 60.0 - :begin) / 3600))::int as hour,
                      sum(submitted)::int as submitted, sum(sent)::int as sent,
                      sum(delivered)::int as delivered, sum(read)::int as read,
                      sum(failed)::int as failed, sum(replied)::int as replied,
                      sum(clicked)::int as clicked
                    from campaign_minute
                    where campaign_id = :id and minute * 60.0 < :begin + :hours * 3600
                    group by 1
                    having sum(submitted + sent + delivered + read + failed + replied + clicked) > 0
                    order by 1
                    """)
                .bind("id", campaign)
                // The minute of the launch belongs to the first hour as a whole.
                .bind("begin", begin.getEpochSecond() / 60 * 60)
                .bind("hours", LAUNCH_HOURS)
                .map(
                    (row, context) ->
                        LaunchHour.newBuilder()
                            .setHour(row.getInt("hour"))
                            .setSubmitted(row.getInt("submitted"))
                            .setSent(row.getInt("sent"))
                            .setDelivered(row.getInt("delivered"))
                            .setRead(row.getInt("read"))
                            .setFailed(row.getInt("failed"))
                            .setReplied(row.getInt("replied"))
                            .setClicked(row.getInt("clicked"))
                            .build())
                .list());
  }

  // Table and column are ours, never a caller's.
  private List<SeriesPoint> points(
      String table,
      String column,
      long id,
      SeriesStep step,
      String zone,
      Instant start,
      Instant end) {
    List<SeriesPoint> points =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select extract(epoch from date_trunc(:unit, to_timestamp(minute * 60.0), :zone))
                            ::bigint as start, sum(submitted)::int as submitted, sum(sent)::int as sent,
                          sum(delivered)::int as delivered, sum(read)::int as read,
                          sum(failed)::int as failed, sum(replied)::int as replied,
                          sum(clicked)::int as clicked
                        from %s where %s = :id and minute >= :from and minute < :to
                        group by 1
                        having sum(submitted + sent + delivered + read + failed + replied + clicked) > 0
                        order by 1 limit :most
                        """
                            .formatted(table, column))
                    .bind("unit", step.name().toLowerCase(java.util.Locale.ROOT))
                    .bind("zone", zone)
                    .bind("id", id)
                    .bind("from", minute(start))
                    .bind("to", minuteAfter(end))
                    .bind("most", MAX_POINTS + 1)
                    .map(
                        (row, context) ->
                            SeriesPoint.newBuilder()
                                .setStartTime(
                                    Timestamp.newBuilder().setSeconds(row.getLong("start")))
                                .setSubmitted(row.getInt("submitted"))
                                .setSent(row.getInt("sent"))
                                .setDelivered(row.getInt("delivered"))
                                .setRead(row.getInt("read"))
                                .setFailed(row.getInt("failed"))
                                .setReplied(row.getInt("replied"))
                                .setClicked(row.getInt("clicked"))
                                .build())
                    .list());
    if (points.size() > MAX_POINTS) {
      throw HeraldException.invalid(
          "step",
          "TOO_MANY_POINTS",
          "The range has more than "
              + MAX_POINTS
              + " steps; choose longer ones or a shorter range.");
    }
    return points;
  }

  /** The first minute that begins at the time or later. */
  private static int minuteAfter(Instant time) {
    return minute(time.plusSeconds(59));
  }

  private static int minute(Instant time) {
    return (int) Math.clamp(time.getEpochSecond() / 60, 0L, Integer.MAX_VALUE);
  }
}
