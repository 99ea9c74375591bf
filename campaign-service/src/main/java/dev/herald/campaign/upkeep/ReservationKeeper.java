package dev.herald.campaign.upkeep;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.CampaignType;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.money.Lot;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.money.ReservationStore.Standing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Sees to it that no money stays set aside for nobody: asks billing again where a crash swallowed
 * its answer, and gives back what API campaigns have not used for a while.
 */
public final class ReservationKeeper {
  private static final Duration UNANSWERED_FOR = Duration.ofMinutes(10);
  private static final Duration IDLE_FOR = Duration.ofMinutes(15);
  private static final int MANY = 100;

  private final Jdbi jdbi;
  private final ReservationStore reservations;
  private final CampaignStore campaigns;
  private final BillingClient billing;
  private final Clock clock;

  public ReservationKeeper(
      Jdbi jdbi,
      ReservationStore reservations,
      CampaignStore campaigns,
      BillingClient billing,
      Clock clock) {
    this.jdbi = jdbi;
    this.reservations = reservations;
    this.campaigns = campaigns;
    this.billing = billing;
    this.clock = clock;
  }

  public boolean run() {
    return run(UNANSWERED_FOR, IDLE_FOR);
  }

  boolean run(Duration unansweredFor, Duration idleFor) {
    List<Standing> unanswered =
        jdbi.withHandle(handle -> reservations.unanswered(handle, unansweredFor, MANY));
    unanswered.forEach(this::askAgain);
    List<Standing> idle =
        jdbi.withHandle(handle -> reservations.idleSpare(handle, idleFor, Lot.today(clock), MANY));
    for (Standing line : idle) {
      jdbi.useTransaction(
          tx -> {
            campaigns.lock(tx, line.campaign());
            reservations.releaseSpare(tx, line.campaign(), line.line());
          });
    }
    return unanswered.size() == MANY || idle.size() == MANY;
  }

  private void askAgain(Standing line) {
    int held =
        billing.reservedInAll(line.workspace(), line.campaign(), line.category(), line.line());
    jdbi.useTransaction(tx -> settle(tx, line, held));
  }

  private void settle(Handle tx, Standing line, int held) {
    campaigns.lock(tx, line.campaign());
    boolean asking =
        reservations.standings(tx, line.campaign()).stream()
            .filter(now -> now.line().equals(line.line()))
            .anyMatch(now -> !java.util.Objects.equals(now.askedAt(), line.askedAt()));
    if (asking) {
      return; // Somebody asks again just now; that answer will do.
    }
    reservations.answered(tx, line.campaign(), Map.of(line.line(), held));
    Optional<Campaign> campaign = campaigns.find(tx, line.campaign());
    boolean live =
        campaign
            .filter(one -> one.type() == CampaignType.API && one.status() == CampaignStatus.LIVE)
            .isPresent();
    if (!live) {
      reservations.releaseSpare(tx, line.campaign(), line.line());
    }
  }
}
