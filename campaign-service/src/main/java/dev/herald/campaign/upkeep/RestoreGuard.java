package dev.herald.campaign.upkeep;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Transitions;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the database was restored from a backup, and then pauses every campaign that would
 * go on by itself: the backup does not know whom Herald wrote to after it was made.
 *
 * <p>A restore into a new cluster changes PostgreSQL's system identifier, a recovery or failover
 * its timeline. A copied data directory changes neither: then the operator raises the setting
 * {@value #SETTING}, which is not part of the database.
 */
public final class RestoreGuard {
  public static final String SETTING = "HERALD_CLUSTER_EPOCH";

  private static final Logger log = LoggerFactory.getLogger(RestoreGuard.class);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final Transitions transitions;
  private final int clusterEpoch;

  private record Installation(int clusterEpoch, String systemId, int timeline) {}

  public RestoreGuard(
      Jdbi jdbi, CampaignStore campaigns, Transitions transitions, int clusterEpoch) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.transitions = transitions;
    this.clusterEpoch = clusterEpoch;
  }

  /** To be called before anything is sent. */
  public void check() {
    jdbi.useTransaction(this::check);
  }

  private void check(Handle tx) {
    Installation now =
        tx.createQuery(
                """
                select system.system_identifier::text as system_id, checkpoint.timeline_id
                  from pg_control_system() as system, pg_control_checkpoint() as checkpoint
                """)
            .map(
                (row, context) ->
                    new Installation(
                        clusterEpoch, row.getString("system_id"), row.getInt("timeline_id")))
            .one();
    // Several instances start together: the row is the lock.
    boolean first =
        tx.createUpdate(
                    """
                    insert into installation (cluster_epoch, system_id, timeline)
                    values (:clusterEpoch, :systemId, :timeline)
                    on conflict do nothing
                    """)
                .bind("clusterEpoch", now.clusterEpoch())
                .bind("systemId", now.systemId())
                .bind("timeline", now.timeline())
                .execute()
            > 0;
    if (first) {
      return;
    }
    Optional<Installation> known =
        tx.createQuery("select * from installation for update")
            .map(
                (row, context) ->
                    new Installation(
                        row.getInt("cluster_epoch"),
                        row.getString("system_id"),
                        row.getInt("timeline")))
            .findOne();
    if (known.isPresent() && !known.get().equals(now)) {
      int paused = pauseAll(tx);
      tx.createUpdate(
              """
              update installation
                 set cluster_epoch = :clusterEpoch, system_id = :systemId, timeline = :timeline
              """)
          .bind("clusterEpoch", now.clusterEpoch())
          .bind("systemId", now.systemId())
          .bind("timeline", now.timeline())
          .execute();
      log.warn("The database was restored or failed over; campaigns paused={}", paused);
    }
  }

  private int pauseAll(Handle tx) {
    List<CampaignId> running = campaigns.running(tx, 0);
    running.forEach(
        id ->
            transitions.pauseByHerald(
                tx,
                id,
                PauseReason.Kind.RESTORED,
                "The database was restored from a backup, which may not know every message that was"
                    + " sent. Compare the counts, then resume.",
                0));
    return running.size();
  }
}
