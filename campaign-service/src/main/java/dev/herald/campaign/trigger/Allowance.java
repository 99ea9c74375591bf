package dev.herald.campaign.trigger;

import dev.herald.billing.v1.ReserveResponse;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.money.Line;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.money.ReservationStore.Standing;
import dev.herald.campaign.report.Reports;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.crash.CrashPoint;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;

/**
 * Money set aside for calls to come: a little more than asked for, so that not every call has to
 * ask billing, and never more than a quarter of what the campaign has used. When the wallet is too
 * short for the reserve, exactly what is needed is asked for.
 */
final class Allowance {
  private static final int LEAST = 10;
  private static final int MOST = 1000;
  private static final int STRIPES = 64;

  private final Jdbi jdbi;
  private final ReservationStore reservations;
  private final CampaignStore campaigns;
  private final BillingClient billing;
  private final Reports reports;
  private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

  Allowance(
      Jdbi jdbi,
      ReservationStore reservations,
      CampaignStore campaigns,
      BillingClient billing,
      Reports reports) {
    this.jdbi = jdbi;
    this.reservations = reservations;
    this.campaigns = campaigns;
    this.billing = billing;
    this.reports = reports;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new ReentrantLock();
    }
  }

  /**
   * Has at least this many messages of each line set aside; others may use them first.
   *
   * @throws HeraldException PRECONDITION INSUFFICIENT_FUNDS
   */
  void ensure(Campaign campaign, Map<Line, Integer> needed) {
    // One question per campaign at a time: whoever comes second finds what the first brought.
    ReentrantLock stripe = stripes[Math.floorMod(Long.hashCode(campaign.id().value()), STRIPES)];
    stripe.lock();
    try {
      if (isCovered(campaign.id(), needed)) {
        return;
      }
      try {
        reserve(campaign, needed, true);
      } catch (HeraldException e) {
        if (e.kind() != HeraldException.Kind.PRECONDITION) {
          throw e;
        }
        reserve(campaign, needed, false);
      }
    } finally {
      stripe.unlock();
    }
  }

  private boolean isCovered(CampaignId campaign, Map<Line, Integer> needed) {
    Map<Line, Integer> spare = new HashMap<>();
    jdbi.withHandle(handle -> reservations.standings(handle, campaign))
        .forEach(standing -> spare.put(standing.line(), standing.spare()));
    return needed.entrySet().stream()
        .allMatch(line -> spare.getOrDefault(line.getKey(), 0) >= line.getValue());
  }

  private void reserve(Campaign campaign, Map<Line, Integer> needed, boolean ahead) {
    CampaignId id = campaign.id();
    String category = java.util.Objects.requireNonNull(campaign.category()).name();
    Map<Line, Standing> standings =
        jdbi.inTransaction(
            tx -> reservations.ask(tx, campaign.workspace(), id, category, needed.keySet()));
    Map<Line, Integer> totals = new HashMap<>();
    needed.forEach(
        (line, messages) -> {
          Standing standing = java.util.Objects.requireNonNull(standings.get(line));
          int reserve = ahead ? Math.clamp(standing.used() / 4, LEAST, MOST) : 0;
          totals.put(line, standing.used() + standing.unattempted() + messages + reserve);
        });
    ReserveResponse answer;
    try {
      answer = billing.reserve(campaign.workspace(), id, campaign.channel(), category, totals);
    } catch (HeraldException e) {
      if (e.kind() == HeraldException.Kind.PRECONDITION) {
        jdbi.useTransaction(tx -> reservations.refused(tx, id, totals.keySet()));
      }
      throw e;
    }
    CrashPoint.reached("campaign.allowance.reserved");
    answer
        .getLinesList()
        .forEach(
            line ->
                totals.merge(
                    new Line(line.getCountry(), line.getLot()),
                    line.getMessagesTotal(),
                    Math::max));
    jdbi.useTransaction(
        tx -> {
          if (campaign.chargeBasis() == null && campaigns.lock(tx, id)) {
            switch (answer.getChargeBasis()) {
              case ON_SENT, ON_DELIVERED ->
                  campaigns.fixChargeBasis(tx, id, answer.getChargeBasis().name());
              case CHARGE_BASIS_UNSPECIFIED, UNRECOGNIZED -> {}
            }
            campaigns.find(tx, id).ifPresent(changed -> reports.snapshot(tx, changed));
          }
          reservations.answered(tx, id, totals);
        });
  }
}
