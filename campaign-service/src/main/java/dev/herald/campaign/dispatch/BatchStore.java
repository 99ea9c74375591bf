package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.sql.Rows;
import dev.herald.runtime.crash.CrashPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The dispatch protocol in the database, first half: what there is to send, and who may. Promises
 * P3 to P5 stand on the claim, which is committed before anything is sent and only while the
 * campaign is LIVE; and on {@link ClosingStore}.
 */
public final class BatchStore {
  private final Jdbi jdbi;
  private final DispatchConfig config;

  public BatchStore(Jdbi jdbi, DispatchConfig config) {
    this.jdbi = jdbi;
    this.config = config;
  }

  /** A campaign with something to send, and the channel it goes through. */
  record Ready(CampaignId campaign, ChannelId channel) {}

  /** Everything there is to send now, channel by channel. */
  List<Ready> ready() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select c.campaign_id, c.channel_id
                      from campaign c
                      join audience a using (audience_id)
                      join campaign_cursor k on k.campaign_id = c.campaign_id
                      join channel ch on ch.channel_id = c.channel_id
                     where c.status = 'LIVE' and ch.disconnected_at is null
                       and (k.next_ordinal < a.recipients
                            or exists (select from retry r
                                        where r.campaign_id = c.campaign_id
                                          and r.not_before <= now()))
                     order by c.channel_id, c.campaign_id
                    """)
                .map(
                    (row, context) ->
                        new Ready(
                            new CampaignId(row.getLong("campaign_id")),
                            new ChannelId(row.getLong("channel_id"))))
                .list());
  }

  /** Broadcasts that look finished; whether they are is decided under a lock. */
  List<CampaignId> exhausted() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select c.campaign_id
                      from campaign c
                      join audience a using (audience_id)
                      join campaign_cursor k on k.campaign_id = c.campaign_id
                     where c.status = 'LIVE' and c.type = 'BROADCAST'
                       and k.next_ordinal >= a.recipients
                       and not exists (select from dispatch_batch b
                                        where b.campaign_id = c.campaign_id)
                       and not exists (select from retry r where r.campaign_id = c.campaign_id)
                    """)
                .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
                .list());
  }

  /** True if nothing is left to attempt; to be asked while the campaign is locked. */
  boolean isExhausted(Handle tx, CampaignId campaign) {
    return tx.createQuery(
            """
            select k.next_ordinal >= a.recipients
                   and not exists (select from dispatch_batch where campaign_id = :campaign)
                   and not exists (select from retry where campaign_id = :campaign)
              from campaign c
              join audience a using (audience_id)
              join campaign_cursor k on k.campaign_id = c.campaign_id
             where c.campaign_id = :campaign
            """)
        .bind("campaign", campaign.value())
        .mapTo(Boolean.class)
        .one();
  }

  /**
   * Claims up to {@code limit} messages, those that wait for a retry first. When this returns
   * Claimed, the claim is durable.
   */
  Claim claim(CampaignId campaign, Lease lease, int limit) {
    Claim claim = jdbi.inTransaction(tx -> claim(tx, campaign, lease, limit));
    CrashPoint.reached("campaign.claim.committed");
    return claim;
  }

  Claim claim(Handle tx, CampaignId campaign, Lease lease, int limit) {
    Optional<Long> version = lockForClaim(tx, campaign, lease);
    if (version.isEmpty()) {
      return new Claim.Forbidden();
    }
    List<int[]> claimed = takeRetries(tx, campaign, limit);
    if (claimed.size() < limit) {
      takeNext(tx, campaign, limit - claimed.size(), claimed);
    }
    if (claimed.isEmpty()) {
      return new Claim.Nothing();
    }
    int[] ordinals = claimed.stream().mapToInt(one -> one[0]).toArray();
    int[] attempts = claimed.stream().mapToInt(one -> one[1]).toArray();
    Batch batch = insert(tx, campaign, lease, version.get(), ordinals, attempts);
    CrashPoint.reached("campaign.claim.before-commit");
    return new Claim.Claimed(batch);
  }

  /**
   * Until the claim commits, nobody changes the status (a change needs the row for itself) and
   * nobody takes the channel over. FOR KEY SHARE would not do: it lets a change of status pass.
   */
  private static Optional<Long> lockForClaim(Handle tx, CampaignId campaign, Lease lease) {
    return tx.createQuery(
            """
            select c.version
              from campaign c join channel_lease l using (channel_id)
             where c.campaign_id = :campaign and c.status = 'LIVE'
               and l.epoch = :epoch and l.expires_at > now()
               for share of c, l
            """)
        .bind("campaign", campaign.value())
        .bind("epoch", lease.epoch())
        .mapTo(Long.class)
        .findOne();
  }

  private static List<int[]> takeRetries(Handle tx, CampaignId campaign, int limit) {
    return new ArrayList<>(
        tx.createQuery(
                """
                delete from retry
                 where campaign_id = :campaign
                   and ordinal in (select ordinal from retry
                                    where campaign_id = :campaign and not_before <= now()
                                    order by not_before, ordinal
                                    limit :limit
                                      for update skip locked)
                returning ordinal, attempts
                """)
            .bind("campaign", campaign.value())
            .bind("limit", limit)
            .map((row, context) -> new int[] {row.getInt("ordinal"), row.getInt("attempts")})
            .list());
  }

  private static void takeNext(Handle tx, CampaignId campaign, int limit, List<int[]> claimed) {
    tx.createQuery(
            """
            update campaign_cursor k
               set next_ordinal = least(a.recipients, k.next_ordinal + :limit)
              from campaign c join audience a using (audience_id)
             where k.campaign_id = :campaign and c.campaign_id = :campaign
               and k.next_ordinal < a.recipients
            returning old.next_ordinal as first, new.next_ordinal as below
            """)
        .bind("campaign", campaign.value())
        .bind("limit", limit)
        .map((row, context) -> new int[] {row.getInt("first"), row.getInt("below")})
        .findOne()
        .ifPresent(
            range -> {
              for (int ordinal = range[0]; ordinal < range[1]; ordinal++) {
                claimed.add(new int[] {ordinal, 0});
              }
            });
  }

  private Batch insert(
      Handle tx, CampaignId campaign, Lease lease, long version, int[] ordinals, int[] attempts) {
    return tx.createQuery(
            """
            insert into dispatch_batch (campaign_id, channel_id, epoch, ordinals, attempts,
                   send_until, quiet_at, settle_at)
            values (:campaign, :channel, :epoch, :ordinals, :attempts,
                   clock_timestamp() + make_interval(secs => :window),
                   clock_timestamp() + make_interval(secs => :quiet),
                   clock_timestamp() + make_interval(secs => :settle))
            returning batch_id, claimed_at
            """)
        .bind("campaign", campaign.value())
        .bind("channel", lease.channel().value())
        .bind("epoch", lease.epoch())
        .bind("ordinals", ordinals)
        .bind("attempts", attempts)
        .bind("window", config.sendWindow().toMillis() / 1000.0)
        .bind("quiet", config.quietAfter().toMillis() / 1000.0)
        .bind("settle", config.settleAfter().toMillis() / 1000.0)
        .map(
            (row, context) ->
                new Batch(
                    campaign,
                    row.getLong("batch_id"),
                    lease.epoch(),
                    version,
                    ordinals,
                    attempts,
                    Rows.time(row, "claimed_at")))
        .one();
  }

  /** How many messages of a campaign may be under way now, whoever claimed them. */
  int underWay(CampaignId campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select coalesce(sum(cardinality(ordinals)), 0)::int
                      from dispatch_batch
                     where campaign_id = :campaign and quiet_at > now()
                    """)
                .bind("campaign", campaign.value())
                .mapTo(Integer.class)
                .one());
  }

  /** The versions of these campaigns now. */
  List<long[]> versions(Collection<Long> campaigns) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select campaign_id, version from campaign where campaign_id = any"
                        + " (:campaigns)")
                .bindArray("campaigns", Long.class, campaigns)
                .map(
                    (row, context) ->
                        new long[] {row.getLong("campaign_id"), row.getLong("version")})
                .list());
  }
}
