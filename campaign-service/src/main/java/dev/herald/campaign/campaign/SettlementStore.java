package dev.herald.campaign.campaign;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Which STOPPED campaigns still owe billing a word. */
final class SettlementStore {

  List<CampaignId> unsettled(Handle handle, int limit) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where status = 'STOPPED' and not settled
             limit :limit
            """)
        .bind("limit", limit)
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .list();
  }

  /** True if it is STOPPED, quiet and not settled; to be asked while it is locked. */
  boolean isReady(Handle tx, CampaignId id) {
    // What follows counts recipients one by one.
    tx.execute("set local statement_timeout = '120s'");
    return tx.createQuery(
            """
            select not exists (select from dispatch_batch b where b.campaign_id = c.campaign_id)
              from campaign c
             where c.campaign_id = :id and c.status = 'STOPPED' and not c.settled
            """)
        .bind("id", id.value())
        .mapTo(Boolean.class)
        .findOne()
        .orElse(false);
  }

  /** Nothing of it will be attempted any more, and billing has been told. */
  void settled(Handle tx, CampaignId id) {
    tx.createUpdate("delete from retry where campaign_id = :id").bind("id", id.value()).execute();
    tx.createUpdate("update campaign set settled = true where campaign_id = :id")
        .bind("id", id.value())
        .execute();
  }
}
