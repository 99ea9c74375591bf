package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;

/** What one message to a country costs on a day, before mark-up, and where the price comes from. */
public record Quote(
    Category category, String market, RateCard card, PricingRules rules, Micros listPrice) {}
