package dev.herald.campaign.campaign;

import dev.herald.campaign.money.ReservationStore;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Gives back the money of recipients whom a STOPPED campaign will never attempt, once nothing of it
 * is under way any more.
 */
public final class Settlement {
  private static final int MANY = 100;

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final ReservationStore reservations;

  public Settlement(Jdbi jdbi, CampaignStore campaigns, ReservationStore reservations) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.reservations = reservations;
  }

  /** Settles a campaign if it is STOPPED, quiet and not settled yet. */
  public void settle(CampaignId id) {
    jdbi.useTransaction(tx -> settle(tx, id));
  }

  /** Settles whatever can be settled; for campaigns that were not quiet when they were stopped. */
  public void settleAll() {
    List<CampaignId> open =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select campaign_id from campaign
                         where status = 'STOPPED' and not settled
                         limit :many
                        """)
                    .bind("many", MANY)
                    .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
                    .list());
    open.forEach(this::settle);
  }

  private void settle(Handle tx, CampaignId id) {
    if (!campaigns.lock(tx, id)) {
      return;
    }
    // Read after the lock: claims hold it while they are made, and a STOPPED campaign gets no more.
    Optional<Boolean> ready =
        tx.createQuery(
                """
                select not exists (select from dispatch_batch b where b.campaign_id = c.campaign_id)
                  from campaign c
                 where c.campaign_id = :id and c.status = 'STOPPED' and not c.settled
                """)
            .bind("id", id.value())
            .mapTo(Boolean.class)
            .findOne();
    if (!ready.orElse(false)) {
      return;
    }
    tx.execute("set local statement_timeout = '120s'");
    reservations.releaseUnattempted(tx, id);
    reservations.releaseSpare(tx, id);
    tx.createUpdate("delete from retry where campaign_id = :id").bind("id", id.value()).execute();
    tx.createUpdate("update campaign set settled = true where campaign_id = :id")
        .bind("id", id.value())
        .execute();
  }
}
