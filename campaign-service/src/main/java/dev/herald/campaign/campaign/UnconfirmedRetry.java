package dev.herald.campaign.campaign;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Queues the unconfirmed recipients of a campaign again, because a person said so. Some may get the
 * message twice: WhatsApp cannot be asked whether it took the first. Each is queued once, and not
 * before half an hour has given its statuses time to arrive.
 */
public final class UnconfirmedRetry {
  /** How long statuses are waited for. */
  public static final Duration AGE = Duration.ofMinutes(30);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final AnalyticsClient analytics;
  private final Sending sending;
  private final Duration age;
  private final UnconfirmedStore store = new UnconfirmedStore();

  public UnconfirmedRetry(
      Jdbi jdbi,
      CampaignStore campaigns,
      AnalyticsClient analytics,
      Sending sending,
      Duration age) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.analytics = analytics;
    this.sending = sending;
    this.age = age;
  }

  /**
   * @return how many were queued
   */
  public int retry(WorkspaceId workspace, CampaignId id, Actor by) {
    jdbi.useHandle(handle -> requireUnfinished(campaigns.require(handle, workspace, id)));
    Set<Integer> silent = new HashSet<>();
    analytics.ordinals(
        workspace,
        id,
        MessageFilter.newBuilder().addBuckets(Bucket.BUCKET_UNCONFIRMED).build(),
        silent::addAll);
    int queued =
        jdbi.inTransaction(
            tx -> {
              requireUnfinished(campaigns.lockAndRequire(tx, workspace, id));
              int moved = store.queue(tx, id, silent, age);
              if (moved == 0) {
                refuseIfTooRecent(tx, id);
              } else {
                store.note(tx, id, moved, by);
              }
              return moved;
            });
    sending.wake();
    return queued;
  }

  private static void requireUnfinished(Campaign campaign) {
    if (campaign.status() != CampaignStatus.LIVE && campaign.status() != CampaignStatus.PAUSED) {
      throw HeraldException.precondition(
          "ILLEGAL_TRANSITION",
          "A campaign that is "
              + campaign.status()
              + " sends no more; make a new campaign for its unconfirmed recipients.",
          Map.of("status", campaign.status().name()));
    }
  }

  private void refuseIfTooRecent(Handle tx, CampaignId id) {
    if (store.hasYoungerThan(tx, id, age)) {
      throw HeraldException.precondition(
          "UNCONFIRMED_TOO_RECENT",
          "WhatsApp may still report on these messages. Try again "
              + age.toMinutes()
              + " minutes after they became unconfirmed.");
    }
  }
}
