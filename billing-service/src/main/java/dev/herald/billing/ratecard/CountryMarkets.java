package dev.herald.billing.ratecard;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which market a country belongs to, by day. Meta bills by calling code; where several countries
 * share one, the file lists each region, so that the country of a number is enough.
 */
public final class CountryMarkets {
  /** The market of every country that is not listed. */
  public static final String OTHER = "Other";

  /**
   * One row of the file.
   *
   * @param from first day
   * @param to last day; null while it goes on
   */
  public record Period(
      String country, String market, String callingCodes, LocalDate from, @Nullable LocalDate to) {

    boolean contains(LocalDate day) {
      return !day.isBefore(from) && (to == null || !day.isAfter(to));
    }

    boolean overlaps(Period other) {
      return country.equals(other.country)
          && (to == null || !to.isBefore(other.from))
          && (other.to == null || !other.to.isBefore(from));
    }
  }

  private final Map<String, List<Period>> byCountry = new HashMap<>();

  public CountryMarkets(Collection<Period> periods) {
    for (Period period : periods) {
      byCountry.computeIfAbsent(period.country(), ignored -> new ArrayList<>()).add(period);
    }
  }

  public String marketOf(String country, LocalDate day) {
    for (Period period : byCountry.getOrDefault(country, List.of())) {
      if (period.contains(day)) {
        return period.market();
      }
    }
    return OTHER;
  }

  /**
   * All markets some country belongs to on that day, and {@link #OTHER}; none if no row is in
   * force.
   */
  public Set<String> markets(LocalDate day) {
    Set<String> markets = new TreeSet<>();
    for (List<Period> periods : byCountry.values()) {
      periods.stream()
          .filter(period -> period.contains(day))
          .forEach(period -> markets.add(period.market()));
    }
    if (!markets.isEmpty()) {
      markets.add(OTHER);
    }
    return markets;
  }

  /** The countries of a market on that day, in order; empty for {@link #OTHER}. */
  public List<String> countriesOf(String market, LocalDate day) {
    if (market.equals(OTHER)) {
      return List.of();
    }
    return byCountry.keySet().stream()
        .filter(country -> marketOf(country, day).equals(market))
        .sorted()
        .toList();
  }
}
