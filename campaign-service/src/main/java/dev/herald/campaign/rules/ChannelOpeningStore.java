package dev.herald.campaign.rules;

import dev.herald.campaign.rules.Admission.Candidate;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Whom numbers with a daily limit have begun to write to. */
public final class ChannelOpeningStore {
  private static final int LOCKS = 0x4845_5252;

  /** The number's tier in WhatsApp's words. */
  Optional<String> tier(Handle tx, long channel) {
    return tx.createQuery("select messaging_limit_tier from channel where channel_id = :channel")
        .bind("channel", channel)
        .mapTo(String.class)
        .findOne();
  }

  /** One claim of a channel after the other. */
  void lock(Handle tx, long channel) {
    tx.createQuery("select 1 from pg_advisory_xact_lock(:space, hashint8(:channel))")
        .bind("space", LOCKS)
        .bind("channel", channel)
        .mapTo(Integer.class)
        .one();
  }

  /** Those of the candidates to whom the number has begun to write within a day. */
  Set<Long> among(Handle tx, long channel, List<Candidate> candidates) {
    return tx.createQuery(
            """
            select phone from channel_opening
             where channel_id = :channel and phone = any (:phones)
               and opened_at > now() - interval '24 hours'
            """)
        .bind("channel", channel)
        .bind("phones", candidates.stream().mapToLong(Candidate::phone).toArray())
        .mapTo(Long.class)
        .set();
  }

  /** How many people the number has begun to write to within a day. */
  int people(Handle handle, long channel) {
    return handle
        .createQuery(
            """
            select coalesce(sum(people), 0)::int from channel_hour
             where channel_id = :channel and hour >= date_trunc('hour', now()) - interval '24 hours'
            """)
        .bind("channel", channel)
        .mapTo(Integer.class)
        .one();
  }

  /** The number begins to write to these now. */
  void add(Handle tx, long channel, Set<Long> phones) {
    if (phones.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            with opened as (
              insert into channel_opening (channel_id, phone, opened_at)
              select :channel, phone, now() from unnest(:phones) as p (phone)
              on conflict (channel_id, phone) do update set opened_at = excluded.opened_at)
            insert into channel_hour (channel_id, hour, people)
            values (:channel, date_trunc('hour', now()), :people)
            on conflict (channel_id, hour) do update set people = channel_hour.people + :people
            """)
        .bind("channel", channel)
        .bindArray("phones", Long.class, phones)
        .bind("people", phones.size())
        .execute();
  }

  /** The hour of the last day in which it first began to write to somebody. */
  Optional<Instant> oldestHour(Handle tx, long channel) {
    return tx.createQuery(
            """
            select min(hour) as hour from channel_hour
             where channel_id = :channel and people > 0
               and hour >= date_trunc('hour', now()) - interval '24 hours'
            """)
        .bind("channel", channel)
        .map((row, context) -> Optional.ofNullable(Rows.instant(row, "hour")))
        .one();
  }

  /** Forgets a person. */
  public void erase(Handle tx, WorkspaceId workspace, long phone) {
    tx.createUpdate(
            """
            delete from channel_opening
             where phone = :phone
               and channel_id in (select channel_id from channel where workspace_id = :workspace)
            """)
        .bind("workspace", workspace.value())
        .bind("phone", phone)
        .execute();
  }

  /** Removes what no limit looks back to any more; true if there is more. */
  public boolean forgetOld(Handle tx, int step) {
    tx.execute("delete from channel_hour where hour < now() - interval '2 days'");
    return tx.createUpdate(
                """
                delete from channel_opening where ctid = any (array(
                  select ctid from channel_opening
                   where opened_at < now() - interval '25 hours' limit :step))
                """)
            .bind("step", step)
            .execute()
        == step;
  }
}
