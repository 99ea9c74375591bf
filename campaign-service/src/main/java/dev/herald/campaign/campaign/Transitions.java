package dev.herald.campaign.campaign;

import dev.herald.campaign.report.Reports;
import dev.herald.runtime.HeraldException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link Lifecycle} decides: status, history and snapshot in one transaction. */
public final class Transitions {
  private final CampaignStore store;
  private final Reports reports;

  public Transitions(CampaignStore store, Reports reports) {
    this.store = store;
    this.reports = reports;
  }

  /**
   * Applies a command to a campaign that this transaction has locked.
   *
   * @param pause for a command that pauses
   * @return the campaign after the change, or empty if the command changes nothing
   * @throws HeraldException PRECONDITION if the lifecycle refuses
   */
  public Optional<Campaign> apply(
      Handle tx,
      Campaign locked,
      Lifecycle.Command command,
      @Nullable PauseReason pause,
      Actor by) {
    return switch (Lifecycle.decide(locked.status(), command)) {
      case Lifecycle.Outcome.Changed changed -> {
        store.transition(
            tx, locked, changed.to(), changed.to() == CampaignStatus.PAUSED ? pause : null, by);
        Campaign after = store.find(tx, locked.id()).orElseThrow();
        reports.snapshot(tx, after);
        yield Optional.of(after);
      }
      case Lifecycle.Outcome.Unchanged unchanged -> Optional.empty();
      case Lifecycle.Outcome.Refused refused ->
          throw HeraldException.precondition(
              refused.reason(), refused.message(), Map.of("status", locked.status().name()));
    };
  }

  /** Pauses a campaign on Herald's own account; does nothing if it is not running. */
  public Optional<Campaign> pauseByHerald(
      Handle tx, CampaignId id, PauseReason.Kind kind, String message, int errorCode) {
    if (!store.lock(tx, id)) {
      return Optional.empty();
    }
    Campaign campaign = store.find(tx, id).orElseThrow();
    boolean running =
        campaign.status() == CampaignStatus.LIVE || campaign.status() == CampaignStatus.SCHEDULED;
    if (!running || campaign.hidden()) {
      return Optional.empty();
    }
    return apply(
        tx,
        campaign,
        new Lifecycle.Command.Pause(),
        new PauseReason(kind, message, errorCode, Instant.now()),
        Actor.HERALD);
  }
}
