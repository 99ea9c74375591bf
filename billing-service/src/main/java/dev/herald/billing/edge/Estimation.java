package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.money;

import dev.herald.billing.ratecard.Windows;
import dev.herald.billing.reservation.Estimate;
import dev.herald.billing.reservation.Estimates;
import dev.herald.billing.v1.CostEstimate;
import dev.herald.billing.v1.CountryCount;
import dev.herald.billing.v1.CountryEstimate;
import dev.herald.billing.v1.MessageCategory;
import java.util.List;

/** The estimate that people and services ask for alike. */
public final class Estimation {
  private final Estimates estimates;

  public Estimation(Estimates estimates) {
    this.estimates = estimates;
  }

  CostEstimate estimate(
      long workspaceId, MessageCategory category, long channelId, List<CountryCount> countries) {
    List<Estimates.Count> counts =
        countries.stream()
            .map(
                count ->
                    new Estimates.Count(
                        count.getCountry(),
                        count.getMessages(),
                        new Windows(count.getInWindow(), count.getFreeEntry())))
            .toList();
    return proto(estimates.estimate(workspaceId, Protos.category(category), channelId, counts));
  }

  private static CostEstimate proto(Estimate estimate) {
    String currency = estimate.currency();
    CostEstimate.Builder proto =
        CostEstimate.newBuilder()
            .setTotal(money(estimate.total(), currency))
            .setAvailable(money(estimate.available(), currency))
            .setMissing(money(estimate.missing(), currency))
            .setCategory(Protos.category(estimate.category()))
            .setRateCard(estimate.rateCard())
            .addAllAssumptions(estimate.assumptions());
    for (Estimate.Country country : estimate.countries()) {
      proto.addCountries(
          CountryEstimate.newBuilder()
              .setCountry(country.country())
              .setMarket(country.market())
              .setMessages(country.messages())
              .setFreeMessages(country.free())
              .setUnitPrice(money(country.unitPrice(), currency))
              .setAmount(money(country.amount(), currency)));
    }
    return proto.build();
  }
}
