package dev.herald.campaign.rules;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A workspace's own rules for what it sends.
 *
 * @param quietHours of marketing messages; null: none
 * @param cap of marketing messages; null: none
 * @param excludedCountries nothing is sent there; ISO 3166-1 alpha-2
 * @param pauseAtPercent how many of a hundred messages must fail to pause a campaign; 0: never
 * @param version grows with every change
 */
public record SendingRules(
    @Nullable QuietHours quietHours,
    @Nullable FrequencyCap cap,
    Set<String> excludedCountries,
    int pauseAtPercent,
    long version) {
  /** Where nobody has set any. */
  public static final SendingRules DEFAULT = new SendingRules(null, null, Set.of(), 50, 0);

  public SendingRules {
    excludedCountries = Set.copyOf(excludedCountries);
  }
}
