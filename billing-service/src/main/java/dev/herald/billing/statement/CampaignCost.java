package dev.herald.billing.statement;

import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.Line;
import java.util.List;

/**
 * The money of one campaign, the sum of its lines: reservedInAll + chargedLate = reserved + charged
 * + refunded + released.
 */
public record CampaignCost(
    long campaignId,
    Micros reserved,
    Micros charged,
    Micros released,
    Micros refunded,
    long chargedMessages,
    long freeMessages,
    Micros reservedInAll,
    Micros chargedLate) {

  public static CampaignCost of(long campaignId, List<Line> lines) {
    CampaignCost sum =
        new CampaignCost(
            campaignId,
            Micros.ZERO,
            Micros.ZERO,
            Micros.ZERO,
            Micros.ZERO,
            0,
            0,
            Micros.ZERO,
            Micros.ZERO);
    for (Line line : lines) {
      sum = sum.plus(line);
    }
    return sum;
  }

  private CampaignCost plus(Line line) {
    return new CampaignCost(
        campaignId,
        reserved.plus(line.held()),
        charged.plus(line.charged()),
        released.plus(line.released()),
        refunded.plus(line.refunded()),
        chargedMessages + line.totals().charged(),
        freeMessages + line.freeCharged(),
        reservedInAll.plus(line.reservedInAll()),
        chargedLate.plus(line.chargedLate()));
  }
}
