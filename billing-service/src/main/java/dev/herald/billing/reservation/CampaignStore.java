package dev.herald.billing.reservation;

import dev.herald.billing.wallet.ChargeBasis;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** All SQL about what was fixed for a campaign at its first reservation. */
public final class CampaignStore {

  /** The campaign's charge basis; this one if the campaign is new. */
  ChargeBasis keepBasis(
      Handle tx, long workspaceId, long campaignId, ChargeBasis current, Instant at) {
    tx.createUpdate(
            """
            insert into campaign (workspace_id, campaign_id, charge_basis, created_at)
            values (:workspaceId, :campaignId, :basis::charge_basis, :at)
            on conflict (workspace_id, campaign_id) do nothing
            """)
        .bind("workspaceId", workspaceId)
        .bind("campaignId", campaignId)
        .bind("basis", current.name())
        .bind("at", at)
        .execute();
    return findBasis(tx, workspaceId, campaignId).orElse(current);
  }

  /** The campaign's charge basis; empty if it never had money. */
  public Optional<ChargeBasis> findBasis(Handle handle, long workspaceId, long campaignId) {
    return handle
        .createQuery(
            """
            select charge_basis from campaign
             where workspace_id = :workspaceId and campaign_id = :campaignId
            """)
        .bind("workspaceId", workspaceId)
        .bind("campaignId", campaignId)
        .map((row, context) -> ChargeBasis.valueOf(row.getString(1)))
        .findOne();
  }
}
