package dev.herald.campaign.campaign;

import java.time.Duration;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Recipients who may or may not have got their message. */
final class UnconfirmedStore {

  /**
   * Queues those of the ordinals that have been in doubt for so long. Moved, not copied: what is
   * queued is unconfirmed no more, and cannot be queued a second time.
   *
   * @return how many
   */
  int queue(Handle tx, CampaignId id, Set<Integer> silent, Duration age) {
    return tx.createUpdate(
            """
            with moved as (
              delete from unconfirmed
               where campaign_id = :campaign and ordinal = any (:silent)
                 and since <= now() - make_interval(secs => :age)
              returning ordinal
            )
            insert into retry (campaign_id, ordinal, attempts, not_before)
            select :campaign, ordinal, 0, now() from moved
            """)
        .bind("campaign", id.value())
        .bindArray("silent", Integer.class, silent)
        .bind("age", age.toMillis() / 1000.0)
        .execute();
  }

  boolean hasYoungerThan(Handle tx, CampaignId id, Duration age) {
    return tx.createQuery(
            """
            select exists (select from unconfirmed
                            where campaign_id = :campaign
                              and since > now() - make_interval(secs => :age))
            """)
        .bind("campaign", id.value())
        .bind("age", age.toMillis() / 1000.0)
        .mapTo(Boolean.class)
        .one();
  }

  /** The history says who decided. */
  void note(Handle tx, CampaignId id, int queued, Actor by) {
    tx.createUpdate(
            """
            insert into status_change (campaign_id, from_status, to_status, changed_by, reason)
            select campaign_id, status, status, :by, :reason
              from campaign where campaign_id = :campaign
            """)
        .bind("campaign", id.value())
        .bind("by", by.name())
        .bind("reason", queued + " unconfirmed recipients were queued again.")
        .execute();
  }
}
