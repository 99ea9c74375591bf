package dev.herald.analytics.campaign;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.billing.v1.ChargeBasis;
import dev.herald.runtime.crash.CrashPoint;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Campaigns as campaign-service told last; the highest version wins. */
public final class SnapshotStore {
  private final Jdbi jdbi;

  public SnapshotStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Stores states. A campaign's workspace never changes; a snapshot that says so is ignored. */
  public void put(List<CampaignSnapshot> snapshots) {
    jdbi.useTransaction(
        tx ->
            snapshots.stream()
                .filter(snapshot -> snapshot.getCampaignId() > 0 && snapshot.getWorkspaceId() > 0)
                .sorted(Comparator.comparingLong(CampaignSnapshot::getCampaignId))
                .forEach(
                    snapshot -> {
                      boolean basisChanged =
                          tx.createQuery(
                                  """
                                  insert into campaign as c (campaign_id, workspace_id,
                                    snapshot_version, status, type, message_type, category,
                                    audience, charge_basis, launch_time, create_time, channel_id,
                                    time_zone)
                                  values (:campaign, :workspace, :version, :status, :type,
                                    :messageType, :category, :audience, :basis, :launch, :create,
                                    :channel, :zone)
                                  on conflict (campaign_id) do update set
                                    snapshot_version = excluded.snapshot_version,
                                    status = excluded.status, type = excluded.type,
                                    message_type = excluded.message_type,
                                    category = excluded.category, audience = excluded.audience,
                                    charge_basis = excluded.charge_basis,
                                    launch_time = excluded.launch_time,
                                    create_time = excluded.create_time,
                                    channel_id = excluded.channel_id,
                                    time_zone = excluded.time_zone, version = c.version + 1,
                                    changed_at = now(), changed_by = pg_current_xact_id()
                                  where excluded.snapshot_version > c.snapshot_version
                                    and excluded.workspace_id = c.workspace_id
                                  returning old.charge_basis is distinct from new.charge_basis
                                    and old.campaign_id is not null
                                  """)
                              .bind("campaign", snapshot.getCampaignId())
                              .bind("workspace", snapshot.getWorkspaceId())
                              .bind("version", snapshot.getVersion())
                              .bind("status", snapshot.getStatus().name())
                              .bind("type", snapshot.getType().name())
                              .bind("messageType", snapshot.getMessageType().name())
                              .bind("category", snapshot.getCategory().name())
                              .bind("audience", snapshot.getAudience())
                              .bind("basis", basis(snapshot))
                              .bind(
                                  "launch",
                                  instant(snapshot.hasLaunchTime(), snapshot.getLaunchTime()))
                              .bind(
                                  "create",
                                  instant(snapshot.hasCreateTime(), snapshot.getCreateTime()))
                              .bind("channel", snapshot.getChannelId())
                              .bind("zone", snapshot.getTimeZone())
                              .mapTo(Boolean.class)
                              .findOne()
                              .orElse(false);
                      if (basisChanged) {
                        // Other messages count as charged now: billing must hear every line anew.
                        tx.createUpdate(
                                """
                                update campaign_line set version = version + 1
                                where campaign_id = :campaign
                                """)
                            .bind("campaign", snapshot.getCampaignId())
                            .execute();
                      }
                    }));
    CrashPoint.reached("analytics.snapshot.committed");
  }

  private static String basis(CampaignSnapshot snapshot) {
    return snapshot.getChargeBasis() == ChargeBasis.ON_DELIVERED ? "ON_DELIVERED" : "ON_SENT";
  }

  private static @Nullable Instant instant(boolean set, Timestamp time) {
    return set ? Instant.ofEpochSecond(time.getSeconds(), time.getNanos()) : null;
  }
}
