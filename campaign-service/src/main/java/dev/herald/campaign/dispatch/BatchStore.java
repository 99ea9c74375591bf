package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.MessageType;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The dispatch protocol in the database. Promises P3 to P5 stand on three statements here: the
 * claim is committed before anything is sent and only while the campaign is LIVE; closing a batch
 * succeeds only for the one who still owns it; a batch whose owner is gone is settled once, as
 * unconfirmed.
 */
public final class BatchStore {
  private final Jdbi jdbi;
  private final ContactStore contacts;
  private final RecipientStore recipients;
  private final Reports reports;
  private final DispatchConfig config;

  public BatchStore(
      Jdbi jdbi,
      ContactStore contacts,
      RecipientStore recipients,
      Reports reports,
      DispatchConfig config) {
    this.jdbi = jdbi;
    this.contacts = contacts;
    this.recipients = recipients;
    this.reports = reports;
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
    return jdbi.inTransaction(tx -> claim(tx, campaign, lease, limit));
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
    return new Claim.Claimed(insert(tx, campaign, lease, version.get(), ordinals, attempts));
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

  /** The recipients of a batch as they are now: opted out, active, erased. */
  List<Target> targets(Batch batch, Campaign campaign, Set<String> refusedCountries) {
    List<Target> targets =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select r.*, batch.attempts, coalesce(ct.opted_out, false) as opted_out,
                               coalesce(ct.last_inbound_at > now() - interval '24 hours', false)
                                 as active
                          from unnest(:ordinals, :attempts) as batch (ordinal, attempts)
                          join recipient r on r.audience_id = :audience
                                          and r.ordinal = batch.ordinal
                          left join contact ct on ct.workspace_id = :workspace
                                              and ct.phone = r.phone
                         order by r.ordinal
                        """)
                    .bind("ordinals", batch.ordinals())
                    .bind("attempts", batch.attempts())
                    .bind("audience", campaign.audienceId())
                    .bind("workspace", campaign.workspace().value())
                    .map(
                        (row, context) -> {
                          long phone = row.getLong("phone");
                          String country = row.getString("country");
                          int lot = row.getInt("lot");
                          return new Target(
                              new Subject(
                                  row.getInt("ordinal"), country, lot == 0 ? campaign.lot() : lot),
                              phone,
                              new Values(
                                  PhoneNumber.e164(phone),
                                  Rows.text(row, "name"),
                                  Rows.texts(row, "parameters")),
                              row.getInt("attempts"),
                              skip(
                                  campaign,
                                  phone,
                                  row.getBoolean("opted_out"),
                                  row.getBoolean("active"),
                                  refusedCountries.contains(country)));
                        })
                    .list());
    return withErasedOptOuts(campaign.workspace(), targets);
  }

  private static @Nullable SkipReason skip(
      Campaign campaign, long phone, boolean optedOut, boolean active, boolean countryRefused) {
    if (phone == 0) {
      return SkipReason.ERASED;
    }
    if (optedOut) {
      return SkipReason.OPTED_OUT;
    }
    if (campaign.messageType() == MessageType.REGULAR && !active) {
      return SkipReason.NOT_ACTIVE;
    }
    return countryRefused ? SkipReason.LIMITED : null;
  }

  private List<Target> withErasedOptOuts(WorkspaceId workspace, List<Target> targets) {
    Set<Long> unwilling =
        jdbi.withHandle(
            handle ->
                contacts.erasedAndOptedOut(
                    handle,
                    workspace,
                    targets.stream().filter(t -> t.skip() == null).map(Target::phone).toList()));
    if (unwilling.isEmpty()) {
      return targets;
    }
    return targets.stream()
        .map(
            target ->
                target.skip() == null && unwilling.contains(target.phone())
                    ? new Target(
                        target.subject(),
                        target.phone(),
                        target.values(),
                        target.attempts(),
                        SkipReason.OPTED_OUT)
                    : target)
        .toList();
  }

  Set<String> refusedCountries(CampaignId campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select country from refused_country where campaign_id = :campaign")
                .bind("campaign", campaign.value())
                .mapTo(String.class)
                .set());
  }

  /**
   * Stores what a batch came to. If the batch has been settled by somebody else meanwhile, only the
   * facts are stored: what was to be attempted again has been declared unconfirmed, and a person
   * may have decided on it since.
   *
   * @return false if it had been settled
   */
  boolean close(Batch batch, WorkspaceId workspace, Closing closing) {
    return jdbi.inTransaction(tx -> close(tx, batch, workspace, closing));
  }

  boolean close(Handle tx, Batch batch, WorkspaceId workspace, Closing closing) {
    boolean owned =
        tx.createUpdate(
                    """
                    delete from dispatch_batch
                     where campaign_id = :campaign and batch_id = :batch and epoch = :epoch
                    """)
                .bind("campaign", batch.campaign().value())
                .bind("batch", batch.id())
                .bind("epoch", batch.epoch())
                .execute()
            > 0;
    reports.evidence(tx, closing.evidence);
    for (long phone : closing.optOuts) {
      contacts.setOptOut(
          tx,
          workspace,
          new PhoneNumber(phone, dev.herald.campaign.phone.PhoneNumbers.countryOf(phone)),
          true,
          ContactStore.BY_ERROR,
          Instant.now());
    }
    if (!closing.refusedCountries.isEmpty()) {
      tx.createUpdate(
              """
              insert into refused_country (campaign_id, country)
              select :campaign, country from unnest(:countries) as c (country)
              on conflict do nothing
              """)
          .bind("campaign", batch.campaign().value())
          .bindArray("countries", String.class, closing.refusedCountries)
          .execute();
    }
    insertTestResults(tx, batch.campaign(), closing.testResults);
    if (owned) {
      insertRetries(tx, batch.campaign(), closing.retries);
      insertUnconfirmed(tx, batch.campaign(), closing.unconfirmed);
    }
    return owned;
  }

  private static void insertRetries(Handle tx, CampaignId campaign, List<Closing.Retry> retries) {
    if (retries.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into retry (campaign_id, ordinal, attempts, not_before)
            select :campaign, ordinal, attempts, now() + make_interval(secs => delay / 1000.0)
              from unnest(:ordinals, :attempts, :delays) as r (ordinal, attempts, delay)
            on conflict do nothing
            """)
        .bind("campaign", campaign.value())
        .bindArray("ordinals", Integer.class, retries.stream().map(Closing.Retry::ordinal).toList())
        .bindArray(
            "attempts", Integer.class, retries.stream().map(Closing.Retry::attempts).toList())
        .bindArray("delays", Long.class, retries.stream().map(Closing.Retry::delayMillis).toList())
        .execute();
  }

  private static void insertUnconfirmed(
      Handle tx, CampaignId campaign, Collection<Integer> ordinals) {
    if (ordinals.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into unconfirmed (campaign_id, ordinal, since)
            select :campaign, ordinal, now() from unnest(:ordinals) as u (ordinal)
            on conflict (campaign_id, ordinal) do update set since = excluded.since
            """)
        .bind("campaign", campaign.value())
        .bindArray("ordinals", Integer.class, ordinals)
        .execute();
  }

  private static void insertTestResults(
      Handle tx, CampaignId campaign, List<Closing.TestResult> results) {
    for (Closing.TestResult result : results) {
      tx.createUpdate(
              """
              insert into test_result (campaign_id, ordinal, accepted, error_code, error_message)
              values (:campaign, :ordinal, :accepted, :code, :message)
              on conflict do nothing
              """)
          .bind("campaign", campaign.value())
          .bind("ordinal", result.ordinal())
          .bind("accepted", result.accepted())
          .bind("code", result.code())
          .bind("message", result.message())
          .execute();
    }
  }

  /**
   * Settles batches whose owner is gone: every message of theirs may have been sent. What statuses
   * prove later outweighs this.
   *
   * @param alive batches of this process that are still being worked on
   * @return how many messages were settled
   */
  int settleLost(Collection<Long> alive, int limit) {
    return jdbi.inTransaction(tx -> settleLost(tx, alive, limit));
  }

  int settleLost(Handle tx, Collection<Long> alive, int limit) {
    record Lost(
        CampaignId campaign,
        WorkspaceId workspace,
        long audience,
        int lot,
        int[] ordinals,
        Instant claimedAt) {}
    List<Lost> lost =
        tx.createQuery(
                """
                with gone as (
                  delete from dispatch_batch
                   where (campaign_id, batch_id) in
                         (select campaign_id, batch_id from dispatch_batch
                           where settle_at < now() and batch_id <> all (:alive)
                           order by settle_at limit :limit
                             for update skip locked)
                  returning campaign_id, ordinals, claimed_at
                )
                select gone.*, c.workspace_id, c.audience_id, c.lot
                  from gone join campaign c using (campaign_id)
                """)
            .bindArray("alive", Long.class, alive)
            .bind("limit", limit)
            .map(
                (row, context) ->
                    new Lost(
                        new CampaignId(row.getLong("campaign_id")),
                        new WorkspaceId(row.getLong("workspace_id")),
                        row.getLong("audience_id"),
                        row.getInt("lot"),
                        Rows.integers(row, "ordinals"),
                        Rows.time(row, "claimed_at")))
            .list();
    int messages = 0;
    for (Lost batch : lost) {
      EvidenceBatch evidence = new EvidenceBatch(batch.workspace(), batch.campaign());
      List<Integer> ordinals = Arrays.stream(batch.ordinals()).boxed().toList();
      recipients
          .named(tx, batch.audience(), ordinals)
          .forEach(
              one ->
                  evidence.add(
                      new Subject(
                          one.ordinal(), one.country(), one.lot() == 0 ? batch.lot() : one.lot()),
                      EvidenceKind.UNCONFIRMED,
                      batch.claimedAt()));
      reports.evidence(tx, evidence);
      insertUnconfirmed(tx, batch.campaign(), ordinals);
      messages += ordinals.size();
    }
    return messages;
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
