package dev.herald.analytics.evidence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Merges batches of evidence. One statement unites them with what is known and adds what changed to
 * the counters, the series, the failure and skip reasons, the histograms and the usage totals, in
 * one transaction: that is all of promise P1. Keys are sorted, so that two writers cannot deadlock.
 */
public final class MergeStore {
  private static final int MAX_KNOWN = 200_000;

  private static final String MERGE =
      """
      with changed as (
      insert into message as m (campaign_id, ordinal, country, lot, evidence, accepted_at, held_at, sent_at, delivered_at, read_at, failed_at, replied_at, clicked_at, skipped_at, unconfirmed_at, expired_at, skip_reason, failure_code, failure_title, failure_details)
      select t.campaign_id, t.ordinal, t.country, t.lot, t.evidence, nullif(t.accepted_at, 0), nullif(t.held_at, 0), nullif(t.sent_at, 0), nullif(t.delivered_at, 0), nullif(t.read_at, 0), nullif(t.failed_at, 0), nullif(t.replied_at, 0), nullif(t.clicked_at, 0), nullif(t.skipped_at, 0), nullif(t.unconfirmed_at, 0), nullif(t.expired_at, 0),
        case when t.skipped_at > 0 then t.skip_reason end, case when t.failed_at > 0 then t.failure_code end, t.failure_title, t.failure_details
      from unnest(:campaigns::bigint[], :ordinals::int[], :countries::text[], :lots::int[], :evidence::smallint[],
        :accepted_at::bigint[], :held_at::bigint[], :sent_at::bigint[], :delivered_at::bigint[], :read_at::bigint[], :failed_at::bigint[], :replied_at::bigint[], :clicked_at::bigint[], :skipped_at::bigint[], :unconfirmed_at::bigint[], :expired_at::bigint[],
        :skipReasons::smallint[], :failureCodes::int[], :failureTitles::text[], :failureDetails::text[])
        as t (campaign_id, ordinal, country, lot, evidence, accepted_at, held_at, sent_at, delivered_at, read_at, failed_at, replied_at, clicked_at, skipped_at, unconfirmed_at, expired_at, skip_reason, failure_code, failure_title, failure_details)
      on conflict (campaign_id, ordinal) do update set
       evidence = m.evidence | excluded.evidence,
       country = least(m.country, excluded.country),
       lot = greatest(m.lot, excluded.lot),
       accepted_at = least(m.accepted_at, excluded.accepted_at),
       held_at = least(m.held_at, excluded.held_at),
       sent_at = least(m.sent_at, excluded.sent_at),
       delivered_at = least(m.delivered_at, excluded.delivered_at),
       read_at = least(m.read_at, excluded.read_at),
       failed_at = least(m.failed_at, excluded.failed_at),
       replied_at = least(m.replied_at, excluded.replied_at),
       clicked_at = least(m.clicked_at, excluded.clicked_at),
       skipped_at = least(m.skipped_at, excluded.skipped_at),
       unconfirmed_at = least(m.unconfirmed_at, excluded.unconfirmed_at),
       expired_at = least(m.expired_at, excluded.expired_at),
       skip_reason = case when excluded.skipped_at is null or (m.skipped_at,m.skip_reason) <= (excluded.skipped_at,excluded.skip_reason) then m.skip_reason else excluded.skip_reason end,
       failure_code = case when excluded.failed_at is null or (m.failed_at,m.failure_code,m.failure_title,m.failure_details) <= (excluded.failed_at,excluded.failure_code,excluded.failure_title,excluded.failure_details) then m.failure_code else excluded.failure_code end,
       failure_title = case when excluded.failed_at is null or (m.failed_at,m.failure_code,m.failure_title,m.failure_details) <= (excluded.failed_at,excluded.failure_code,excluded.failure_title,excluded.failure_details) then m.failure_title else excluded.failure_title end,
       failure_details = case when excluded.failed_at is null or (m.failed_at,m.failure_code,m.failure_title,m.failure_details) <= (excluded.failed_at,excluded.failure_code,excluded.failure_title,excluded.failure_details) then m.failure_details else excluded.failure_details end
      where m.evidence | excluded.evidence <> m.evidence or excluded.accepted_at < m.accepted_at or excluded.held_at<m.held_at or excluded.sent_at < m.sent_at or excluded.delivered_at < m.delivered_at or excluded.read_at < m.read_at or excluded.failed_at<m.failed_at or excluded.replied_at<m.replied_at or excluded.clicked_at<m.clicked_at or excluded.skipped_at<m.skipped_at or excluded.unconfirmed_at<m.unconfirmed_at or excluded.expired_at<m.expired_at
       or excluded.lot > m.lot or excluded.country < m.country or (excluded.failed_at,excluded.failure_code,excluded.failure_title,excluded.failure_details) < (m.failed_at,m.failure_code,m.failure_title,m.failure_details) or (excluded.skipped_at,excluded.skip_reason) < (m.skipped_at,m.skip_reason)
      returning new.campaign_id, new.ordinal >> 12 as block,
        coalesce(old.evidence,0::smallint) as old_evidence, new.evidence as new_evidence, old.country as old_country, new.country as new_country, old.lot as old_lot, new.lot as new_lot,
        least(new.accepted_at,new.held_at,new.sent_at,new.delivered_at,new.read_at,new.failed_at,new.replied_at,new.clicked_at,new.skipped_at,new.unconfirmed_at,new.expired_at) as first_at,
        case when old.evidence & 216 = 0 then old.failure_code end as old_failure_code, case when new.evidence & 216 = 0 then new.failure_code end as new_failure_code,
        case when old.evidence & 511 = 256 then old.skip_reason end as old_skip_reason, case when new.evidence & 511 = 256 then new.skip_reason end as new_skip_reason,
        least(old.accepted_at, old.held_at, old.sent_at, old.delivered_at, old.read_at, old.replied_at, old.clicked_at)/60000000 as old_submitted,
        least(new.accepted_at, new.held_at, new.sent_at, new.delivered_at, new.read_at, new.replied_at, new.clicked_at)/60000000 as new_submitted,
        case when old.evidence & 216 <> 0 or old.evidence & 32 = 0 then least(old.sent_at, old.delivered_at, old.read_at, old.replied_at, old.clicked_at)/60000000 end as old_sent,
        case when new.evidence & 216 <> 0 or new.evidence & 32 = 0 then least(new.sent_at, new.delivered_at, new.read_at, new.replied_at, new.clicked_at)/60000000 end as new_sent,
        least(old.delivered_at, old.read_at, old.replied_at, old.clicked_at) as old_delivered_at,
        least(new.delivered_at, new.read_at, new.replied_at, new.clicked_at) as new_delivered_at,
        old.read_at as old_read_at, new.read_at as new_read_at,
        case when old.evidence & 216 = 0 then old.failed_at/60000000 end as old_failed, case when new.evidence & 216 = 0 then new.failed_at/60000000 end as new_failed,
        old.replied_at/60000000 as old_replied, new.replied_at/60000000 as new_replied, old.clicked_at/60000000 as old_clicked, new.clicked_at/60000000 as new_clicked,
        coalesce(least(old.accepted_at,old.held_at),old.sent_at) as old_begin, coalesce(least(new.accepted_at,new.held_at),new.sent_at) as new_begin
      ),
      transition as (select campaign_id, block, old_country, new_country, old_lot, new_lot, old_evidence, new_evidence, old_failure_code,new_failure_code,old_skip_reason,new_skip_reason,
       nullif(old_submitted,new_submitted) as old_submitted, nullif(new_submitted,old_submitted) as new_submitted,
       nullif(old_sent,new_sent) as old_sent, nullif(new_sent,old_sent) as new_sent,
       nullif(old_delivered_at/60000000,new_delivered_at/60000000) as old_delivered, nullif(new_delivered_at/60000000,old_delivered_at/60000000) as new_delivered,
       nullif(old_read_at/60000000,new_read_at/60000000) as old_read, nullif(new_read_at/60000000,old_read_at/60000000) as new_read,
       nullif(old_failed,new_failed) as old_failed, nullif(new_failed,old_failed) as new_failed,
       nullif(old_replied,new_replied) as old_replied, nullif(new_replied,old_replied) as new_replied,
       nullif(old_clicked,new_clicked) as old_clicked, nullif(new_clicked,old_clicked) as new_clicked,
       case when old_delivered_at-old_begin is distinct from new_delivered_at-new_begin then width_bucket(old_delivered_at-old_begin,:scale::bigint[]) end as old_deliver_step,
       case when old_delivered_at-old_begin is distinct from new_delivered_at-new_begin then width_bucket(new_delivered_at-new_begin,:scale::bigint[]) end as new_deliver_step,
       case when old_read_at-old_begin is distinct from new_read_at-new_begin then width_bucket(old_read_at-old_begin,:scale::bigint[]) end as old_read_step,
       case when old_read_at-old_begin is distinct from new_read_at-new_begin then width_bucket(new_read_at-new_begin,:scale::bigint[]) end as new_read_step,
       count(*) as messages, min(first_at) as earliest, max(first_at) as latest from changed group by 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30),
      block_applied as (
       insert into message_block as b (campaign_id, block, evidence, messages, earliest, latest)
       select campaign_id, block, evidence, sum(messages), min(earliest), max(latest) from (
         select campaign_id, block, new_evidence as evidence, messages, earliest,latest from transition
         union all select campaign_id, block, old_evidence, -messages, earliest,latest from transition where old_evidence <> 0) d
       group by 1,2,3 order by 1,2,3
       on conflict (campaign_id, block, evidence) do update set messages = b.messages + excluded.messages, earliest = least(b.earliest, excluded.earliest), latest=greatest(b.latest,excluded.latest)),
      step_delta as (select campaign_id, minute, sum(submitted) as submitted, sum(sent) as sent, sum(delivered) as delivered, sum(read) as read, sum(failed) as failed, sum(replied) as replied, sum(clicked) as clicked from (
        select campaign_id, new_submitted as minute, messages as submitted, 0 as sent, 0 as delivered, 0 as read, 0 as failed, 0 as replied, 0 as clicked from transition where new_submitted is not null
        union all select campaign_id, old_submitted, -messages,0,0,0,0,0,0 from transition where old_submitted is not null
        union all select campaign_id, new_sent, 0,messages,0,0,0,0,0 from transition where new_sent is not null
        union all select campaign_id, old_sent, 0,-messages,0,0,0,0,0 from transition where old_sent is not null
        union all select campaign_id, new_delivered, 0,0,messages,0,0,0,0 from transition where new_delivered is not null
        union all select campaign_id, old_delivered, 0,0,-messages,0,0,0,0 from transition where old_delivered is not null
        union all select campaign_id, new_read, 0,0,0,messages,0,0,0 from transition where new_read is not null
        union all select campaign_id, old_read, 0,0,0,-messages,0,0,0 from transition where old_read is not null
        union all select campaign_id, new_failed, 0,0,0,0,messages,0,0 from transition where new_failed is not null
        union all select campaign_id, old_failed, 0,0,0,0,-messages,0,0 from transition where old_failed is not null
        union all select campaign_id, new_replied, 0,0,0,0,0,messages,0 from transition where new_replied is not null
        union all select campaign_id, old_replied, 0,0,0,0,0,-messages,0 from transition where old_replied is not null
        union all select campaign_id, new_clicked, 0,0,0,0,0,0,messages from transition where new_clicked is not null
        union all select campaign_id, old_clicked, 0,0,0,0,0,0,-messages from transition where old_clicked is not null
        ) d group by 1,2),
      minute_applied as (
       insert into campaign_minute as s select campaign_id, minute, submitted,sent,delivered,read,failed,replied,clicked from step_delta order by 1,2
       on conflict (campaign_id,minute) do update set submitted=s.submitted+excluded.submitted, sent=s.sent+excluded.sent, delivered=s.delivered+excluded.delivered, read=s.read+excluded.read, failed=s.failed+excluded.failed, replied=s.replied+excluded.replied, clicked=s.clicked+excluded.clicked),
      workspace_applied as (
       insert into workspace_minute as s select workspace_id, minute, sum(d.submitted),sum(d.sent),sum(d.delivered),sum(d.read),sum(d.failed),sum(d.replied),sum(d.clicked) from step_delta d join campaign using(campaign_id) group by 1,2 order by 1,2
       on conflict (workspace_id,minute) do update set submitted=s.submitted+excluded.submitted, sent=s.sent+excluded.sent, delivered=s.delivered+excluded.delivered, read=s.read+excluded.read, failed=s.failed+excluded.failed, replied=s.replied+excluded.replied, clicked=s.clicked+excluded.clicked),
      duration_applied as (
       insert into campaign_duration as h select campaign_id, kind, step, sum(n) from (
        select campaign_id, 1 as kind, new_deliver_step as step, messages as n from transition where new_deliver_step is not null
        union all select campaign_id, 1, old_deliver_step, -messages from transition where old_deliver_step is not null
        union all select campaign_id, 2, new_read_step, messages from transition where new_read_step is not null
        union all select campaign_id, 2, old_read_step, -messages from transition where old_read_step is not null) d group by 1,2,3 having sum(n)<>0 order by 1,2,3
       on conflict (campaign_id,kind,step) do update set messages=h.messages+excluded.messages),
      reason_applied as (
       insert into failure_reason as r select campaign_id, code, sum(n), '', 0 from (
         select campaign_id, new_failure_code as code, messages as n from transition where new_failure_code is not null
         union all select campaign_id, old_failure_code, -messages from transition where old_failure_code is not null) d group by 1,2 having sum(n)<>0 order by 1,2
       on conflict (campaign_id,code) do update set messages = r.messages + excluded.messages),
      skip_applied as (
       insert into skip_reason as r select campaign_id, reason, sum(n) from (
         select campaign_id, new_skip_reason as reason, messages as n from transition where new_skip_reason is not null
         union all select campaign_id, old_skip_reason, -messages from transition where old_skip_reason is not null) d group by 1,2 having sum(n)<>0 order by 1,2
       on conflict (campaign_id,reason) do update set messages = r.messages + excluded.messages),
      set_delta as (select campaign_id,country,lot,evidence,sum(n) as n from (
        select campaign_id,new_country as country,new_lot as lot,new_evidence as evidence,messages as n from transition union all select campaign_id,old_country,old_lot,old_evidence,-messages from transition where old_country is not null) d group by 1,2,3,4),
      line_applied as (
       insert into campaign_line as l (campaign_id,country,lot,submitted,sent,delivered,read,failed,released_on_sent,released_on_delivered,version)
       select campaign_id,country,lot,sum(n*submitted),sum(n*sent),sum(n*delivered),sum(n*read),sum(n*failed),sum(n*released_on_sent),sum(n*released_on_delivered),1 from set_delta d join lateral (select * from evidence_meaning e where e.evidence=d.evidence offset 0) e on true group by 1,2,3 order by 1,2,3
       on conflict (campaign_id,country,lot) do update set submitted=l.submitted+excluded.submitted,sent=l.sent+excluded.sent,delivered=l.delivered+excluded.delivered,read=l.read+excluded.read,failed=l.failed+excluded.failed,released_on_sent=l.released_on_sent+excluded.released_on_sent,released_on_delivered=l.released_on_delivered+excluded.released_on_delivered,version=l.version+1 returning 1),
      campaign_delta as (select campaign_id,sum(n*submitted) as submitted,sum(n*sent) as sent,sum(n*delivered) as delivered,sum(n*read) as read,sum(n*failed) as failed,sum(n*skipped) as skipped,sum(n*unconfirmed) as unconfirmed,sum(n*accepted) as accepted,sum(n*held) as held,sum(n*replied) as replied,sum(n*clicked) as clicked,sum(n*anomalies) as anomalies,sum(n*expired) as expired from set_delta d join lateral (select * from evidence_meaning e where e.evidence=d.evidence offset 0) e on true group by 1)
      update campaign as c set submitted=c.submitted+d.submitted,sent=c.sent+d.sent,delivered=c.delivered+d.delivered,read=c.read+d.read,failed=c.failed+d.failed,skipped=c.skipped+d.skipped,unconfirmed=c.unconfirmed+d.unconfirmed,accepted=c.accepted+d.accepted,held=c.held+d.held,replied=c.replied+d.replied,clicked=c.clicked+d.clicked,anomalies=c.anomalies+d.anomalies,expired=c.expired+d.expired,version=c.version+1,changed_by=pg_current_xact_id(),changed_at=now() from campaign_delta d where c.campaign_id=d.campaign_id
      """;

  private final Jdbi jdbi;
  // Whose campaign it is never changes, so an answer may be kept for ever.
  private final Map<Long, Long> workspaceByCampaign = new ConcurrentHashMap<>();

  public MergeStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Merges facts of several callers; durable when it returns. */
  void merge(Collection<Fact> facts) {
    if (facts.isEmpty()) {
      return;
    }
    List<Merged> merged = united(facts);
    jdbi.useTransaction(tx -> statement(tx, merged).execute());
  }

  /**
   * Makes the campaigns known and leaves out facts that name another workspace than their
   * campaign's.
   */
  List<Fact> ofTheirWorkspace(List<Fact> facts) {
    learn(facts);
    List<Fact> own = new ArrayList<>(facts.size());
    for (Fact fact : facts) {
      Long workspace = workspaceByCampaign.get(fact.campaignId());
      if (workspace != null && workspace == fact.workspaceId()) {
        own.add(fact);
      }
    }
    return own;
  }

  private void learn(List<Fact> facts) {
    Map<Long, Long> unknown = new TreeMap<>();
    for (Fact fact : facts) {
      if (!workspaceByCampaign.containsKey(fact.campaignId())) {
        unknown.putIfAbsent(fact.campaignId(), fact.workspaceId());
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    if (workspaceByCampaign.size() > MAX_KNOWN) {
      workspaceByCampaign.clear();
    }
    long[] campaigns = unknown.keySet().stream().mapToLong(Long::longValue).toArray();
    long[] workspaces = unknown.values().stream().mapToLong(Long::longValue).toArray();
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
                  "select campaign_id, workspace_id from campaign where campaign_id ="
                      + " any(:campaigns)")
              .bind("campaigns", campaigns)
              .map((row, context) -> workspaceByCampaign.put(row.getLong(1), row.getLong(2)))
              .list();
        });
  }

  private static List<Merged> united(Collection<Fact> facts) {
    Map<Long, Map<Integer, Merged>> byKey = new TreeMap<>();
    for (Fact fact : facts) {
      byKey
          .computeIfAbsent(fact.campaignId(), id -> new TreeMap<>())
          .compute(fact.ordinal(), (ordinal, known) -> add(known, fact));
    }
    List<Merged> merged = new ArrayList<>(facts.size());
    byKey.values().forEach(campaign -> merged.addAll(campaign.values()));
    return merged;
  }

  private static Merged add(@Nullable Merged known, Fact fact) {
    if (known == null) {
      return new Merged(fact);
    }
    known.add(fact);
    return known;
  }

  private static Update statement(Handle tx, List<Merged> rows) {
    Update update =
        tx.createUpdate(MERGE)
            .bind("campaigns", rows.stream().mapToLong(row -> row.campaignId).toArray())
            .bind("ordinals", ints(rows, row -> row.ordinal))
            .bind("countries", texts(rows, row -> row.country))
            .bind("lots", ints(rows, row -> row.lot))
            .bind("evidence", ints(rows, row -> row.evidence))
            .bind("skipReasons", ints(rows, row -> row.skipReason))
            .bind("failureCodes", ints(rows, row -> row.failureCode))
            .bind("failureTitles", texts(rows, row -> row.failureTitle))
            .bind("failureDetails", texts(rows, row -> row.failureDetails))
            .bind("scale", DurationScale.edgesMicros());
    for (EvidenceKind kind : EvidenceKind.ALL) {
      update.bind(
          kind.name().toLowerCase(java.util.Locale.ROOT) + "_at",
          rows.stream().mapToLong(row -> row.at[kind.ordinal()]).toArray());
    }
    return update;
  }

  private static int[] ints(List<Merged> rows, ToIntFunction<Merged> value) {
    return rows.stream().mapToInt(value).toArray();
  }

  private static @Nullable String[] texts(
      List<Merged> rows, Function<Merged, @Nullable String> value) {
    @Nullable String[] texts = new String[rows.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = value.apply(rows.get(i));
    }
    return texts;
  }
}
