package dev.herald.campaign.upkeep;

import dev.herald.campaign.campaign.Actor;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.Transitions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Starts SCHEDULED campaigns when their time has come; one that is too late waits for a person. */
public final class ScheduledStarts {
  private static final int MANY = 100;

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final CampaignListStore lists = new CampaignListStore();
  private final Transitions transitions;
  private final Sending sending;
  private final Clock clock;

  public ScheduledStarts(
      Jdbi jdbi, CampaignStore campaigns, Transitions transitions, Sending sending, Clock clock) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.transitions = transitions;
    this.sending = sending;
    this.clock = clock;
  }

  public boolean run() {
    List<CampaignId> due = jdbi.withHandle(handle -> lists.due(handle, MANY));
    for (CampaignId id : due) {
      jdbi.inTransaction(tx -> start(tx, id))
          .ifPresent(
              started -> {
                sending.changed(started.id(), started.version());
                sending.wake();
              });
    }
    return due.size() == MANY;
  }

  private Optional<Campaign> start(Handle tx, CampaignId id) {
    if (!campaigns.lock(tx, id)) {
      return Optional.empty();
    }
    Campaign campaign = campaigns.find(tx, id).orElseThrow();
    Instant startAt = campaign.startAt();
    if (campaign.status() != CampaignStatus.SCHEDULED
        || startAt == null
        || startAt.isAfter(clock.instant())) {
      return Optional.empty();
    }
    if (clock.instant().isAfter(startAt.plus(campaign.startGrace()))) {
      return transitions.pauseByHerald(
          tx,
          id,
          PauseReason.Kind.MISSED_START,
          "The start at "
              + startAt
              + " was missed by more than its grace of "
              + campaign.startGrace().toMinutes()
              + " minutes. Resume to start now.",
          0);
    }
    return transitions.apply(tx, campaign, new Lifecycle.Command.Start(), null, Actor.HERALD);
  }
}
