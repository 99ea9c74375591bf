package dev.herald.campaign.rules;

import dev.herald.campaign.rules.Admission.Candidate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/**
 * WhatsApp's limit of a number: how many different people it may begin to write to within 24 hours.
 * Herald keeps within it, because messages beyond it are refused and spoil the number's standing.
 * The hours are whole ones, so that a little less than allowed is used.
 */
final class DailyLimit {
  private static final Pattern TIER = Pattern.compile("TIER_(\\d{1,6})(K?)");
  // A day, and the hour that is not over.
  private static final Duration UNTIL_FREE = Duration.ofHours(25);
  private static final int THOUSAND = 1000;

  private final ChannelOpeningStore openings = new ChannelOpeningStore();
  private final Clock clock;

  DailyLimit(Clock clock) {
    this.clock = clock;
  }

  /** How many people a tier allows; empty if it is unlimited or not known. */
  static Optional<Integer> people(String tier) {
    Matcher matcher = TIER.matcher(tier);
    return matcher.matches()
        ? Optional.of(
            Integer.parseInt(matcher.group(1)) * (matcher.group(2).isEmpty() ? 1 : THOUSAND))
        : Optional.empty();
  }

  /** Those beyond the limit, by ordinal, with when it may look different. Notes the others. */
  Map<Integer, Instant> exceeding(Handle tx, long channel, List<Candidate> candidates) {
    Optional<Integer> limit =
        candidates.isEmpty()
            ? Optional.empty()
            : openings.tier(tx, channel).flatMap(DailyLimit::people);
    if (limit.isEmpty()) {
      return Map.of();
    }
    openings.lock(tx, channel);
    Set<Long> known = openings.among(tx, channel, candidates);
    int free = limit.get() - openings.people(tx, channel);
    Set<Long> opened = new HashSet<>();
    Map<Integer, Instant> exceeding = new HashMap<>();
    for (Candidate one : candidates) {
      if (one.answering() || known.contains(one.phone()) || opened.contains(one.phone())) {
        continue;
      }
      if (opened.size() < free) {
        opened.add(one.phone());
      } else {
        exceeding.put(one.ordinal(), Instant.EPOCH);
      }
    }
    openings.add(tx, channel, opened);
    if (!exceeding.isEmpty()) {
      Instant until =
          openings
              .oldestHour(tx, channel)
              .map(hour -> hour.plus(UNTIL_FREE))
              // A tier of no people: look again in an hour.
              .orElseGet(() -> clock.instant().plus(Duration.ofHours(1)));
      exceeding.replaceAll((ordinal, any) -> until);
    }
    return exceeding;
  }
}
