package dev.herald.campaign.upkeep;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.upkeep.InstallationStore.Installation;
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
  private final CampaignListStore lists = new CampaignListStore();
  private final Transitions transitions;
  private final int clusterEpoch;
  private final InstallationStore store = new InstallationStore();

  public RestoreGuard(Jdbi jdbi, Transitions transitions, int clusterEpoch) {
    this.jdbi = jdbi;
    this.transitions = transitions;
    this.clusterEpoch = clusterEpoch;
  }

  /** To be called before anything is sent. */
  public void check() {
    jdbi.useTransaction(this::check);
  }

  private void check(Handle tx) {
    Installation now = store.current(tx, clusterEpoch);
    // Several instances start together: the row is the lock.
    if (store.isFirst(tx, now)) {
      return;
    }
    Optional<Installation> known = store.lock(tx);
    if (known.isPresent() && !known.get().equals(now)) {
      int paused = pauseAll(tx);
      store.update(tx, now);
      log.warn("The database was restored or failed over; campaigns paused={}", paused);
    }
  }

  private int pauseAll(Handle tx) {
    List<CampaignId> running = lists.running(tx, 0);
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
