package dev.herald.analytics.retention;

import dev.herald.analytics.retention.Closing.Block;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Closes and removes old messages. Everything here may be done by several instances at once. */
final class RetentionStore {
  private static final int UNATTRIBUTED_DAYS = 30;
  private static final int CHUNK = 10_000;

  private final Jdbi jdbi;

  record Candidate(long campaignId, long closedBelow, boolean isFinished) {}

  record Removable(long campaignId, long removedBelow, long closedBelow) {}

  RetentionStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Campaigns behind one, in the order of their ids. */
  List<Candidate> candidates(long after, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select campaign_id, closed_below,
                      status in ('SENT', 'STOPPED') as finished
                    from campaign where campaign_id > :after
                    order by campaign_id limit :limit
                    """)
                .bind("after", after)
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new Candidate(
                            row.getLong("campaign_id"),
                            row.getLong("closed_below"),
                            row.getBoolean("finished")))
                .list());
  }

  List<Block> blocks(Candidate campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select block, sum(messages)::int as messages, max(latest) as latest
                    from message_block
                    where campaign_id = :campaign and block >= :from and messages > 0
                    group by block order by block
                    """)
                .bind("campaign", campaign.campaignId())
                .bind("from", campaign.closedBelow() / Closing.BLOCK_MESSAGES)
                .map(
                    (row, context) ->
                        new Block(
                            row.getInt("block"), row.getInt("messages"), row.getLong("latest")))
                .list());
  }

  /** From the commit on, no merge that begins takes evidence for messages below the ordinal. */
  void close(long campaign, long below) {
    jdbi.useTransaction(
        tx ->
            tx.createUpdate(
                    """
                    update campaign set closed_below = :below
                    where campaign_id = :campaign and closed_below < :below
                    """)
                .bind("campaign", campaign)
                .bind("below", below)
                .execute());
  }

  List<Removable> removable(int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select campaign_id, removed_below, closed_below from campaign
                    where removed_below < closed_below order by campaign_id limit :limit
                    """)
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new Removable(
                            row.getLong("campaign_id"),
                            row.getLong("removed_below"),
                            row.getLong("closed_below")))
                .list());
  }

  /** Every transaction that has a number now has a smaller one. */
  String now() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select pg_snapshot_xmax(pg_current_snapshot())::text")
                .mapTo(String.class)
                .one());
  }

  /** True if every transaction that had a number at that moment is over. */
  boolean isOver(String moment) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select pg_snapshot_xmin(pg_current_snapshot()) >= cast(:moment as xid8)")
                .bind("moment", moment)
                .mapTo(Boolean.class)
                .one());
  }

  /** Keeps Meta's wording of failures, which is read from messages as long as they are there. */
  void keepTitles(long campaign) {
    jdbi.useTransaction(
        tx -> {
          // First the campaign, then its reasons: the order in which a merge locks them.
          tx.createQuery("select true from campaign where campaign_id = :id for no key update")
              .bind("id", campaign)
              .mapTo(Boolean.class)
              .one();
          tx.createUpdate(
                  """
                  update failure_reason r set title = m.failure_title
                  from failure_reason known cross join lateral (
                    select failure_title from message
                    where campaign_id = :id and failure_code = known.code
                    order by ordinal limit 1) m
                  where r.campaign_id = :id and r.title = '' and known.campaign_id = :id
                    and known.code = r.code
                  """)
              .bind("id", campaign)
              .execute();
        });
  }

  /** Removes a block of closed messages and remembers what they were. */
  void remove(long campaign, int block) {
    jdbi.useTransaction(
        tx -> {
          tx.createUpdate(
                  """
                  with gone as (
                    delete from message
                    where campaign_id = :campaign
                      and ordinal between :block << 12 and (:block << 12) + 4095
                    returning country, lot, evidence, coalesce(failure_code, 0) as failure_code,
                      coalesce(skip_reason, 0::smallint) as skip_reason
                  ), blocks as (
                    delete from message_block where campaign_id = :campaign and block = :block
                  )
                  insert into removed_messages as r
                  select :campaign, country, lot, evidence, failure_code, skip_reason, count(*)
                  from gone group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6
                  on conflict (campaign_id, country, lot, evidence, failure_code, skip_reason)
                  do update set messages = r.messages + excluded.messages
                  """)
              .bind("campaign", campaign)
              .bind("block", block)
              .execute();
          tx.createUpdate(
                  """
                  update campaign set removed_below = :below
                  where campaign_id = :campaign and removed_below < :below
                  """)
              .bind("campaign", campaign)
              .bind("below", (block + 1L) * Closing.BLOCK_MESSAGES)
              .execute();
        });
  }

  /** Forgets batches of unattributed statuses that nobody repeats any more. */
  int forgetUnattributedBatches() {
    return jdbi.withHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    delete from unattributed_batch where batch_id in (
                      select batch_id from unattributed_batch
                      where recorded_at < now() - make_interval(days => :days)
                      order by recorded_at limit :chunk)
                    """)
                .bind("days", UNATTRIBUTED_DAYS)
                .bind("chunk", CHUNK)
                .execute());
  }
}
