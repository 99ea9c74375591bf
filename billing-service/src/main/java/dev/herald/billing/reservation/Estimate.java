package dev.herald.billing.reservation;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.Quote;
import dev.herald.billing.wallet.Wallet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What messages would cost.
 *
 * @param missing what would have to be topped up
 * @param countries by amount, highest first
 * @param assumptions plain sentences
 */
public record Estimate(
    String currency,
    Micros total,
    Micros available,
    Micros missing,
    Category category,
    String rateCard,
    List<Country> countries,
    List<String> assumptions) {

  /** One country of an estimate. */
  public record Country(
      String country, String market, int messages, int free, Micros unitPrice, Micros amount) {}

  /** One country before the channel's free messages are dealt out. */
  record Priced(String country, int messages, int freeByWindow, Quote quote) {}

  /** Deals out what the allowance has left in the order of the countries, as a reservation does. */
  static Estimate of(Wallet wallet, Category category, List<Priced> priced, int allowanceLeft) {
    List<Country> countries = new ArrayList<>();
    Micros total = Micros.ZERO;
    int left = allowanceLeft;
    for (Priced one : priced) {
      int fromAllowance = Math.min(left, one.messages() - one.freeByWindow());
      left -= fromAllowance;
      int free = one.freeByWindow() + fromAllowance;
      Micros unitPrice = wallet.markup().on(one.quote().listPrice());
      Micros amount = unitPrice.times(one.messages() - free);
      total = total.plus(amount);
      countries.add(
          new Country(
              one.country(), one.quote().market(), one.messages(), free, unitPrice, amount));
    }
    countries.sort(
        Comparator.comparing(Country::amount).reversed().thenComparing(Country::country));
    Micros missing = total.minus(wallet.available());
    return new Estimate(
        wallet.currency(),
        total,
        wallet.available(),
        missing.isPositive() ? missing : Micros.ZERO,
        category,
        priced.stream()
            .map(one -> one.quote().card().name())
            .distinct()
            .collect(Collectors.joining(", ")),
        countries,
        assumptions(wallet, countries));
  }

  private static List<String> assumptions(Wallet wallet, List<Country> countries) {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        switch (wallet.chargeBasis()) {
          case ON_SENT -> "Every message is sent; one that fails or is skipped costs nothing.";
          case ON_DELIVERED ->
              "Every message is delivered; one that is not delivered costs nothing.";
        });
    sentences.add("Prices are Meta's list rates of today, before volume tiers and taxes.");
    if (wallet.markup().ppm() > 0) {
      sentences.add("A mark-up of " + wallet.markup().percent() + " % is included.");
    }
    int free = countries.stream().mapToInt(Country::free).sum();
    if (free > 0) {
      sentences.add(free + " messages cost nothing by Meta's rules of today.");
    }
    if (countries.stream().anyMatch(country -> country.country().equals("ZZ"))) {
      sentences.add("Numbers whose country is unknown are priced as market Other.");
    }
    return sentences;
  }
}
