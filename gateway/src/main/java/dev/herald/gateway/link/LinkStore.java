package dev.herald.gateway.link;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Tracked links and their openings. */
final class LinkStore {

  /** What is known of a link. */
  record Row(long campaign, int place, long workspace, String target, Counts counts) {}

  /** How often it was opened. */
  record Counts(long messages, long clicks, long previews) {}

  /** Openings of one link of one message within one commit. */
  record Opened(long campaign, int ordinal, int place, Instant first, int clicks, int previews) {}

  /** A message whose link was opened for the first time. */
  record First(long campaign, int ordinal, int place) {}

  /** Keeps where a campaign's links lead; what is known already stays. */
  void keep(Handle tx, long campaign, long workspace, List<String> targets) {
    tx.createUpdate(
            """
            insert into link (campaign_id, place, workspace_id, target)
            select :campaign, place - 1, :workspace, target
              from unnest(:targets) with ordinality as t (target, place)
            on conflict do nothing
            """)
        .bind("campaign", campaign)
        .bind("workspace", workspace)
        .bindArray("targets", String.class, targets)
        .execute();
  }

  List<Row> of(Handle handle, long campaign) {
    return handle
        .createQuery("select * from link where campaign_id = :campaign order by place")
        .bind("campaign", campaign)
        .map(
            (row, context) ->
                new Row(
                    row.getLong("campaign_id"),
                    row.getInt("place"),
                    row.getLong("workspace_id"),
                    row.getString("target"),
                    new Counts(
                        row.getLong("messages"), row.getLong("clicks"), row.getLong("previews"))))
        .list();
  }

  /**
   * Adds openings; each link of a message at most once in the list. Rows are locked in the order of
   * their keys, so that two writers do not wait for each other.
   *
   * @return which were the first by a person
   */
  List<First> add(Handle tx, Collection<Opened> opened) {
    return tx.createQuery(
            """
            with o as (
              select * from unnest(:campaigns, :ordinals, :places, :times, :clicks, :previews)
                  as o (campaign_id, ordinal, place, first_at, clicks, previews)
               order by campaign_id, ordinal, place),
            added as (
              insert into click as c (campaign_id, ordinal, place, first_at, clicks)
              select campaign_id, ordinal, place, first_at, clicks from o where clicks > 0
              on conflict (campaign_id, ordinal, place)
                do update set clicks = c.clicks + excluded.clicks
              returning new.campaign_id, new.ordinal, new.place, old.clicks is null as first),
            totals as (
              select campaign_id, place, sum(clicks) as clicks, sum(previews) as previews,
                     count(*) filter (where a.first) as messages
                from o left join added a using (campaign_id, ordinal, place)
               group by campaign_id, place),
            locked as (
              select l.campaign_id, l.place from link l join totals using (campaign_id, place)
               order by l.campaign_id, l.place for update of l),
            counted as (
              update link l
                 set clicks = l.clicks + t.clicks, previews = l.previews + t.previews,
                     messages = l.messages + t.messages
                from totals t join locked using (campaign_id, place)
               where l.campaign_id = t.campaign_id and l.place = t.place)
            select campaign_id, ordinal, place from added where first
            """)
        .bindArray("campaigns", Long.class, opened.stream().map(Opened::campaign).toList())
        .bindArray("ordinals", Integer.class, opened.stream().map(Opened::ordinal).toList())
        .bindArray("places", Integer.class, opened.stream().map(Opened::place).toList())
        .bindArray(
            "times",
            OffsetDateTime.class,
            opened.stream().map(one -> one.first().atOffset(ZoneOffset.UTC)).toList())
        .bindArray("clicks", Integer.class, opened.stream().map(Opened::clicks).toList())
        .bindArray("previews", Integer.class, opened.stream().map(Opened::previews).toList())
        .map(
            (row, context) ->
                new First(row.getLong("campaign_id"), row.getInt("ordinal"), row.getInt("place")))
        .list();
  }
}
