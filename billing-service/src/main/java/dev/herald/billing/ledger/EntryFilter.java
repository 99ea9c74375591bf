package dev.herald.billing.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which entries to list.
 *
 * @param campaignId only of this campaign
 * @param causes only these; empty: all
 * @param start inclusive
 * @param end exclusive
 */
public record EntryFilter(
    OptionalLong campaignId, Set<Cause> causes, Optional<Instant> start, Optional<Instant> end) {
  public static final EntryFilter ALL =
      new EntryFilter(OptionalLong.empty(), Set.of(), Optional.empty(), Optional.empty());
}
