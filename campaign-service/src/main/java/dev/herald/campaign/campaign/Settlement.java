package dev.herald.campaign.campaign;

import dev.herald.campaign.money.ReservationStore;
import dev.herald.runtime.crash.CrashPoint;
import java.util.List;
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
  private final SettlementStore store = new SettlementStore();

  public Settlement(Jdbi jdbi, CampaignStore campaigns, ReservationStore reservations) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.reservations = reservations;
  }

  /** Settles a campaign if it is STOPPED, quiet and not settled yet. */
  public void settle(CampaignId id) {
    jdbi.useTransaction(tx -> settle(tx, id));
    CrashPoint.reached("campaign.settlement.committed");
  }

  /** Settles whatever can be settled; for campaigns that were not quiet when they were stopped. */
  public void settleAll() {
    List<CampaignId> open = jdbi.withHandle(handle -> store.unsettled(handle, MANY));
    open.forEach(this::settle);
  }

  private void settle(Handle tx, CampaignId id) {
    if (!campaigns.lock(tx, id)) {
      return;
    }
    // Read after the lock: claims hold it while they are made, and a STOPPED campaign gets no more.
    if (!store.isReady(tx, id)) {
      return;
    }
    reservations.releaseUnattempted(tx, id);
    reservations.releaseSpare(tx, id);
    store.settled(tx, id);
    CrashPoint.reached("campaign.settlement.before-commit");
  }
}
