package dev.herald.billing.statement;

import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.Line;
import dev.herald.billing.wallet.ChargeBasis;
import java.util.ArrayList;
import java.util.List;

/** Why a campaign was charged what it was. */
public record CampaignStatement(
    String currency, CampaignCost cost, ChargeBasis chargeBasis, List<Line> lines) {

  /** For a person: what was charged, line by line, what cost nothing, and what is still open. */
  public List<String> explanation() {
    List<String> sentences = new ArrayList<>();
    String counted =
        switch (chargeBasis) {
          case ON_SENT -> "sent";
          case ON_DELIVERED -> "delivered";
        };
    for (Line line : lines) {
      if (line.totals().charged() > 0) {
        sentences.add(charged(line, counted));
      }
    }
    sentences.add("Failed messages: " + released() + " × 0 = " + money(Micros.ZERO) + ".");
    if (cost.refunded().isPositive()) {
      sentences.add(
          money(cost.refunded())
              + " was charged first and given back because the messages failed.");
    }
    if (cost.chargedLate().isPositive()) {
      sentences.add(
          money(cost.chargedLate())
              + " was charged after its reservation had been given back, because proof of sending"
              + " arrived late.");
    }
    if (cost.reserved().isPositive()) {
      sentences.add(
          money(cost.reserved()) + " is set aside for messages whose outcome is not known yet.");
    }
    sentences.add("Charged in all: " + money(cost.charged()) + ".");
    return sentences;
  }

  private String charged(Line line, String counted) {
    String free = line.freeCharged() > 0 ? " (" + line.freeCharged() + " of them free)" : "";
    return "%s, %s: %d %s%s, %d × %s = %s (%s)."
        .formatted(
            line.key().country(),
            line.price().category().column(),
            line.totals().charged(),
            counted,
            free,
            line.billable(),
            money(line.price().unitPrice()),
            money(line.charged()),
            line.price().rateCard());
  }

  private long released() {
    return lines.stream().mapToLong(line -> line.totals().released()).sum();
  }

  private String money(Micros amount) {
    return amount.text(currency);
  }
}
