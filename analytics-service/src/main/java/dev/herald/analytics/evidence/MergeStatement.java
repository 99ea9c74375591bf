package dev.herald.analytics.evidence;

/**
 * The statement that merges a batch and carries what changed to every figure that follows from it.
 * Its rows must be sorted by key and hold each key once. It answers what the campaigns' counters
 * change by, in the order of the campaigns.
 *
 * <p>{@code changed} unites the batch with what is known and yields, for each row it changed, what
 * the message counted as before and after; rows that add nothing are not touched. {@code
 * transition} counts equal changes. Everything after adds their differences to a table, in the
 * order of its key, so that writers wait for each other and never in a circle. An update has no
 * order, therefore the campaigns' rows are changed one by one after it.
 *
 * <p>The masks: 216 = DELIVERED, READ, REPLIED, CLICKED, which prove delivery; 511 = everything but
 * UNCONFIRMED and EXPIRED; 256 = SKIPPED; 544 = FAILED and UNCONFIRMED, that is, WhatsApp's word on
 * a message we were not sure to have handed over; 32 = FAILED.
 */
final class MergeStatement {
  static final String SQL =
      """
      with changed as (
        insert into message as m (
          campaign_id, ordinal, country, lot, evidence, accepted_at, held_at, sent_at,
          delivered_at, read_at, failed_at, replied_at, clicked_at, skipped_at,
          unconfirmed_at, expired_at, skip_reason, failure_code, failure_title,
          failure_details)
        select campaign_id, ordinal, country, lot, evidence,
          nullif(accepted_at, 0), nullif(held_at, 0), nullif(sent_at, 0),
          nullif(delivered_at, 0), nullif(read_at, 0), nullif(failed_at, 0),
          nullif(replied_at, 0), nullif(clicked_at, 0), nullif(skipped_at, 0),
          nullif(unconfirmed_at, 0), nullif(expired_at, 0),
          case when skipped_at > 0 then skip_reason end,
          case when failed_at > 0 then failure_code end,
          failure_title, failure_details
        from unnest(
          :campaigns::bigint[], :ordinals::int[], :countries::text[], :lots::int[],
          :evidence::smallint[], :accepted_at::bigint[], :held_at::bigint[],
          :sent_at::bigint[], :delivered_at::bigint[], :read_at::bigint[],
          :failed_at::bigint[], :replied_at::bigint[], :clicked_at::bigint[],
          :skipped_at::bigint[], :unconfirmed_at::bigint[], :expired_at::bigint[],
          :skipReasons::smallint[], :failureCodes::int[], :failureTitles::text[],
          :failureDetails::text[]
        ) as t (
          campaign_id, ordinal, country, lot, evidence, accepted_at, held_at, sent_at,
          delivered_at, read_at, failed_at, replied_at, clicked_at, skipped_at,
          unconfirmed_at, expired_at, skip_reason, failure_code, failure_title,
          failure_details)
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
          skip_reason = case when (excluded.skipped_at, excluded.skip_reason)
              < (m.skipped_at, m.skip_reason) or m.skipped_at is null
            then excluded.skip_reason else m.skip_reason end,
          failure_code = case when (excluded.failed_at, excluded.failure_code,
                excluded.failure_title, excluded.failure_details)
              < (m.failed_at, m.failure_code, m.failure_title, m.failure_details)
              or m.failed_at is null
            then excluded.failure_code else m.failure_code end,
          failure_title = case when (excluded.failed_at, excluded.failure_code,
                excluded.failure_title, excluded.failure_details)
              < (m.failed_at, m.failure_code, m.failure_title, m.failure_details)
              or m.failed_at is null
            then excluded.failure_title else m.failure_title end,
          failure_details = case when (excluded.failed_at, excluded.failure_code,
                excluded.failure_title, excluded.failure_details)
              < (m.failed_at, m.failure_code, m.failure_title, m.failure_details)
              or m.failed_at is null
            then excluded.failure_details else m.failure_details end
        where m.evidence | excluded.evidence <> m.evidence
          or excluded.accepted_at < m.accepted_at
          or excluded.held_at < m.held_at
          or excluded.sent_at < m.sent_at
          or excluded.delivered_at < m.delivered_at
          or excluded.read_at < m.read_at
          or excluded.failed_at < m.failed_at
          or excluded.replied_at < m.replied_at
          or excluded.clicked_at < m.clicked_at
          or excluded.skipped_at < m.skipped_at
          or excluded.unconfirmed_at < m.unconfirmed_at
          or excluded.expired_at < m.expired_at
          or excluded.lot > m.lot or excluded.country < m.country
          or (excluded.skipped_at, excluded.skip_reason) < (m.skipped_at, m.skip_reason)
          or (excluded.failed_at, excluded.failure_code,
              excluded.failure_title, excluded.failure_details)
            < (m.failed_at, m.failure_code, m.failure_title, m.failure_details)
        returning new.campaign_id, new.ordinal >> 12 as block,
          coalesce(old.evidence, 0::smallint) as old_evidence,
          old.country as old_country, old.lot as old_lot,
          case when old.evidence & 216 = 0 then old.failure_code end as old_failure_code,
          case when old.evidence & 511 = 256 then old.skip_reason end as old_skip_reason,
          least(old.accepted_at, old.held_at, old.sent_at, old.delivered_at, old.read_at,
            old.replied_at, old.clicked_at,
            case when old.evidence & 544 = 544 then old.failed_at end) / 60000000
            as old_submitted,
          case when old.evidence & 216 <> 0 or old.evidence & 32 = 0 then
            least(old.sent_at, old.delivered_at, old.read_at, old.replied_at, old.clicked_at)
            / 60000000 end as old_sent,
          least(old.delivered_at, old.read_at, old.replied_at, old.clicked_at)
            as old_delivered_at,
          old.read_at as old_read_at,
          case when old.evidence & 216 = 0 then old.failed_at / 60000000 end as old_failed,
          old.replied_at / 60000000 as old_replied,
          old.clicked_at / 60000000 as old_clicked,
          coalesce(least(old.accepted_at, old.held_at), old.sent_at) as old_begin,
          coalesce(new.evidence, 0::smallint) as new_evidence,
          new.country as new_country, new.lot as new_lot,
          case when new.evidence & 216 = 0 then new.failure_code end as new_failure_code,
          case when new.evidence & 511 = 256 then new.skip_reason end as new_skip_reason,
          least(new.accepted_at, new.held_at, new.sent_at, new.delivered_at, new.read_at,
            new.replied_at, new.clicked_at,
            case when new.evidence & 544 = 544 then new.failed_at end) / 60000000
            as new_submitted,
          case when new.evidence & 216 <> 0 or new.evidence & 32 = 0 then
            least(new.sent_at, new.delivered_at, new.read_at, new.replied_at, new.clicked_at)
            / 60000000 end as new_sent,
          least(new.delivered_at, new.read_at, new.replied_at, new.clicked_at)
            as new_delivered_at,
          new.read_at as new_read_at,
          case when new.evidence & 216 = 0 then new.failed_at / 60000000 end as new_failed,
          new.replied_at / 60000000 as new_replied,
          new.clicked_at / 60000000 as new_clicked,
          coalesce(least(new.accepted_at, new.held_at), new.sent_at) as new_begin,
          least(new.accepted_at, new.held_at, new.sent_at, new.delivered_at, new.read_at,
            new.failed_at, new.replied_at, new.clicked_at, new.skipped_at, new.unconfirmed_at,
            new.expired_at) as first_at
      ), transition as (
        select campaign_id, block, old_evidence, new_evidence, old_country, new_country,
          old_lot, new_lot, old_failure_code, new_failure_code, old_skip_reason, new_skip_reason,
          nullif(old_submitted, new_submitted) as old_submitted,
          nullif(new_submitted, old_submitted) as new_submitted,
          nullif(old_sent, new_sent) as old_sent,
          nullif(new_sent, old_sent) as new_sent,
          nullif(old_failed, new_failed) as old_failed,
          nullif(new_failed, old_failed) as new_failed,
          nullif(old_replied, new_replied) as old_replied,
          nullif(new_replied, old_replied) as new_replied,
          nullif(old_clicked, new_clicked) as old_clicked,
          nullif(new_clicked, old_clicked) as new_clicked,
          nullif(old_delivered_at / 60000000, new_delivered_at / 60000000) as old_delivered,
          nullif(new_delivered_at / 60000000, old_delivered_at / 60000000) as new_delivered,
          nullif(old_read_at / 60000000, new_read_at / 60000000) as old_read,
          nullif(new_read_at / 60000000, old_read_at / 60000000) as new_read,
          case when old_delivered_at - old_begin is distinct from new_delivered_at - new_begin
            then width_bucket(old_delivered_at - old_begin, :scale::bigint[]) end
            as old_deliver_step,
          case when old_delivered_at - old_begin is distinct from new_delivered_at - new_begin
            then width_bucket(new_delivered_at - new_begin, :scale::bigint[]) end
            as new_deliver_step,
          case when old_read_at - old_begin is distinct from new_read_at - new_begin
            then width_bucket(old_read_at - old_begin, :scale::bigint[]) end
            as old_read_step,
          case when old_read_at - old_begin is distinct from new_read_at - new_begin
            then width_bucket(new_read_at - new_begin, :scale::bigint[]) end
            as new_read_step,
          count(*) as messages, min(first_at) as earliest, max(first_at) as latest
        from changed
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
          24, 25, 26, 27, 28, 29, 30
      ), block_applied as (
        insert into message_block as b
        select campaign_id, block, country, evidence, sum(messages), min(earliest), max(latest)
        from (
          select campaign_id, block, new_country as country, new_evidence as evidence, messages,
            earliest, latest
          from transition
          union all
          select campaign_id, block, old_country, old_evidence, -messages, earliest, latest
          from transition where old_country is not null
        ) d
        group by 1, 2, 3, 4 order by 1, 2, 3, 4
        on conflict (campaign_id, block, country, evidence) do update
        set messages = b.messages + excluded.messages,
          earliest = least(b.earliest, excluded.earliest),
          latest = greatest(b.latest, excluded.latest)
      ), step as (
        select campaign_id, minute, sum(submitted) as submitted, sum(sent) as sent, sum(delivered) as delivered,
          sum(read) as read, sum(failed) as failed, sum(replied) as replied,
          sum(clicked) as clicked
        from (
          select campaign_id, new_submitted as minute,
            messages as submitted, 0 as sent, 0 as delivered, 0 as read, 0 as failed,
            0 as replied, 0 as clicked
          from transition where new_submitted is not null
          union all
          select campaign_id, old_submitted, -messages, 0, 0, 0, 0, 0, 0
          from transition where old_submitted is not null
          union all
          select campaign_id, new_sent, 0, messages, 0, 0, 0, 0, 0
          from transition where new_sent is not null
          union all
          select campaign_id, old_sent, 0, -messages, 0, 0, 0, 0, 0
          from transition where old_sent is not null
          union all
          select campaign_id, new_delivered, 0, 0, messages, 0, 0, 0, 0
          from transition where new_delivered is not null
          union all
          select campaign_id, old_delivered, 0, 0, -messages, 0, 0, 0, 0
          from transition where old_delivered is not null
          union all
          select campaign_id, new_read, 0, 0, 0, messages, 0, 0, 0
          from transition where new_read is not null
          union all
          select campaign_id, old_read, 0, 0, 0, -messages, 0, 0, 0
          from transition where old_read is not null
          union all
          select campaign_id, new_failed, 0, 0, 0, 0, messages, 0, 0
          from transition where new_failed is not null
          union all
          select campaign_id, old_failed, 0, 0, 0, 0, -messages, 0, 0
          from transition where old_failed is not null
          union all
          select campaign_id, new_replied, 0, 0, 0, 0, 0, messages, 0
          from transition where new_replied is not null
          union all
          select campaign_id, old_replied, 0, 0, 0, 0, 0, -messages, 0
          from transition where old_replied is not null
          union all
          select campaign_id, new_clicked, 0, 0, 0, 0, 0, 0, messages
          from transition where new_clicked is not null
          union all
          select campaign_id, old_clicked, 0, 0, 0, 0, 0, 0, -messages
          from transition where old_clicked is not null
        ) d
        group by 1, 2
      ), campaign_minute_applied as (
        insert into campaign_minute as s
        select campaign_id, minute, submitted, sent, delivered, read, failed, replied, clicked
        from step order by 1, 2
        on conflict (campaign_id, minute) do update
        set submitted = s.submitted + excluded.submitted, sent = s.sent + excluded.sent,
          delivered = s.delivered + excluded.delivered, read = s.read + excluded.read,
          failed = s.failed + excluded.failed, replied = s.replied + excluded.replied,
          clicked = s.clicked + excluded.clicked
      ), workspace_minute_applied as (
        insert into workspace_minute as s
        select workspace_id, minute, sum(d.submitted), sum(d.sent), sum(d.delivered), sum(d.read), sum(d.failed),
          sum(d.replied), sum(d.clicked)
        from step d join (select campaign_id, workspace_id from campaign) c using (campaign_id)
        group by 1, 2 order by 1, 2
        on conflict (workspace_id, minute) do update
        set submitted = s.submitted + excluded.submitted, sent = s.sent + excluded.sent,
          delivered = s.delivered + excluded.delivered, read = s.read + excluded.read,
          failed = s.failed + excluded.failed, replied = s.replied + excluded.replied,
          clicked = s.clicked + excluded.clicked
      ), duration_applied as (
        insert into campaign_duration as h
        select campaign_id, kind, step, sum(n)
        from (
          select campaign_id, 1 as kind, new_deliver_step as step, messages as n from transition
          union all
          select campaign_id, 1, old_deliver_step, -messages from transition
          union all
          select campaign_id, 2, new_read_step, messages from transition
          union all
          select campaign_id, 2, old_read_step, -messages from transition
        ) d
        where step is not null
        group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
        on conflict (campaign_id, kind, step) do update
        set messages = h.messages + excluded.messages
      ), failure_reason_applied as (
        insert into failure_reason as r (campaign_id, code, messages)
        select campaign_id, code, sum(n)
        from (
          select campaign_id, new_failure_code as code, messages as n from transition
          union all
          select campaign_id, old_failure_code, -messages from transition
        ) d
        where code is not null
        group by 1, 2 having sum(n) <> 0 order by 1, 2
        on conflict (campaign_id, code) do update set messages = r.messages + excluded.messages
      ), skip_reason_applied as (
        insert into skip_reason as r (campaign_id, reason, messages)
        select campaign_id, reason, sum(n)
        from (
          select campaign_id, new_skip_reason as reason, messages as n from transition
          union all
          select campaign_id, old_skip_reason, -messages from transition
        ) d
        where reason is not null
        group by 1, 2 having sum(n) <> 0 order by 1, 2
        on conflict (campaign_id, reason) do update set messages = r.messages + excluded.messages
      ), set_delta as (
        select campaign_id, country, lot, evidence, sum(n) as n
        from (
          select campaign_id, new_country as country, new_lot as lot, new_evidence as evidence,
            messages as n
          from transition
          union all
          select campaign_id, old_country, old_lot, old_evidence, -messages
          from transition where old_country is not null
        ) d
        group by 1, 2, 3, 4
      ), line_applied as (
        insert into campaign_line as l (campaign_id, country, lot,
          submitted, sent, delivered, read, failed, released_on_sent, released_on_delivered,
          version)
        select campaign_id, country, lot,
          sum(n * submitted), sum(n * sent), sum(n * delivered), sum(n * read),
          sum(n * failed), sum(n * released_on_sent), sum(n * released_on_delivered), 1
        from set_delta join evidence_meaning using (evidence)
        where n <> 0
        group by 1, 2, 3 order by 1, 2, 3
        on conflict (campaign_id, country, lot) do update
        set submitted = l.submitted + excluded.submitted, sent = l.sent + excluded.sent,
          delivered = l.delivered + excluded.delivered, read = l.read + excluded.read,
          failed = l.failed + excluded.failed,
          released_on_sent = l.released_on_sent + excluded.released_on_sent,
          released_on_delivered = l.released_on_delivered + excluded.released_on_delivered,
          version = l.version + 1
      )
      select campaign_id, sum(n * submitted)::int as submitted, sum(n * sent)::int as sent,
        sum(n * delivered)::int as delivered, sum(n * read)::int as read,
        sum(n * failed)::int as failed, sum(n * skipped)::int as skipped,
        sum(n * unconfirmed)::int as unconfirmed, sum(n * accepted)::int as accepted,
        sum(n * held)::int as held, sum(n * replied)::int as replied,
        sum(n * clicked)::int as clicked, sum(n * anomalies)::int as anomalies,
        sum(n * expired)::int as expired
      from set_delta join evidence_meaning using (evidence)
      group by 1 order by 1
      """;

  private MergeStatement() {}
}
