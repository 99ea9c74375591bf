package dev.herald.campaign.rules;

import dev.herald.campaign.rules.Admission.Candidate;
import dev.herald.campaign.rules.Admission.Errand;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The marketing messages that may have reached people, while their workspace has a cap. */
public final class ContactMessageStore {
  private static final int LOCKS = 0x4845_5251;

  /**
   * Notes those messages that are still within the cap. One claim of a workspace after the other; a
   * message that asks again counts once.
   *
   * @return their ordinals
   */
  List<Integer> admit(Handle tx, Errand errand, FrequencyCap cap, List<Candidate> candidates) {
    tx.createQuery("select 1 from pg_advisory_xact_lock(:space, hashint8(:workspace))")
        .bind("space", LOCKS)
        .bind("workspace", errand.workspace().value())
        .mapTo(Integer.class)
        .one();
    return tx.createQuery(
            """
            with asking as (
              select ordinal, phone, row_number() over (partition by phone order by ordinal) as nth
                from unnest(:ordinals, :phones) as c (ordinal, phone)),
            had as (
              select m.phone, count(*) as messages
                from contact_message m
               where m.workspace_id = :workspace and m.phone = any (:phones)
                 and m.claimed_at > now() - make_interval(days => :days)
                 and not (m.campaign_id = :campaign and m.ordinal = any (:ordinals))
               group by m.phone)
            insert into contact_message (workspace_id, phone, campaign_id, ordinal)
            select :workspace, phone, :campaign, ordinal
              from asking left join had using (phone)
             where coalesce(messages, 0) + nth <= :most
            on conflict (workspace_id, phone, campaign_id, ordinal)
               do update set claimed_at = contact_message.claimed_at
            returning ordinal
            """)
        .bind("workspace", errand.workspace().value())
        .bind("campaign", errand.campaign())
        .bind("ordinals", candidates.stream().mapToInt(Candidate::ordinal).toArray())
        .bind("phones", candidates.stream().mapToLong(Candidate::phone).toArray())
        .bind("days", cap.days())
        .bind("most", cap.messages())
        .mapTo(Integer.class)
        .list();
  }

  /**
   * These messages certainly did not reach anybody: they do not count.
   *
   * @param phones by ordinal
   */
  public void forget(Handle tx, WorkspaceId workspace, long campaign, Map<Integer, Long> phones) {
    if (phones.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            delete from contact_message m
             using unnest(:ordinals, :phones) as o (ordinal, phone)
             where m.workspace_id = :workspace and m.phone = o.phone
               and m.campaign_id = :campaign and m.ordinal = o.ordinal
            """)
        .bind("workspace", workspace.value())
        .bind("campaign", campaign)
        .bindArray("ordinals", Integer.class, phones.keySet())
        .bindArray("phones", Long.class, phones.values())
        .execute();
  }

  /** Forgets a person. */
  public void erase(Handle tx, WorkspaceId workspace, long phone) {
    tx.createUpdate(
            "delete from contact_message where workspace_id = :workspace and phone = :phone")
        .bind("workspace", workspace.value())
        .bind("phone", phone)
        .execute();
  }

  /** Removes what no rule looks back to any more; true if there is more. */
  public boolean forgetOld(Handle tx, int step) {
    return tx.createUpdate(
                """
                delete from contact_message where ctid = any (array(
                  select ctid from contact_message
                   where claimed_at < now() - interval '31 days' limit :step))
                """)
            .bind("step", step)
            .execute()
        == step;
  }
}
