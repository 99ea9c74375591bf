package dev.herald.analytics.evidence;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one message in one batch, merged in memory: a union, so that the database sees
 * each key once. The earliest time of each kind wins; of two failures or skips the earlier, then
 * the smaller, so that every order of arrival ends the same.
 */
final class Merged {
  static final Comparator<Merged> BY_KEY =
      Comparator.comparingLong((Merged merged) -> merged.campaignId)
          .thenComparingInt(merged -> merged.ordinal);

  final long campaignId;
  final int ordinal;
  final long[] at = new long[EvidenceKind.ALL.size()];
  int evidence;
  int lot;
  String country;
  int skipReason;
  int failureCode;
  @Nullable String failureTitle;
  @Nullable String failureDetails;

  Merged(Fact first) {
    this.campaignId = first.campaignId();
    this.ordinal = first.ordinal();
    this.country = first.country();
    add(first);
  }

  void add(Fact fact) {
    int kind = fact.kind().ordinal();
    long known = at[kind];
    if (fact.kind() == EvidenceKind.FAILED && isEarlierFailure(fact, known)) {
      failureCode = fact.failureCode();
      failureTitle = fact.failureTitle();
      failureDetails = fact.failureDetails();
    }
    if (fact.kind() == EvidenceKind.SKIPPED
        && (known == 0
            || fact.micros() < known
            || (fact.micros() == known && fact.skipReason() < skipReason))) {
      skipReason = fact.skipReason();
    }
    evidence |= fact.kind().bit();
    at[kind] = known == 0 ? fact.micros() : Math.min(known, fact.micros());
    lot = Math.max(lot, fact.lot());
    if (fact.country().compareTo(country) < 0) {
      country = fact.country();
    }
  }

  private boolean isEarlierFailure(Fact fact, long known) {
    if (known == 0 || fact.micros() != known) {
      return known == 0 || fact.micros() < known;
    }
    if (fact.failureCode() != failureCode) {
      return fact.failureCode() < failureCode;
    }
    int title = fact.failureTitle().compareTo(failureTitle == null ? "" : failureTitle);
    return title != 0
        ? title < 0
        : fact.failureDetails().compareTo(failureDetails == null ? "" : failureDetails) < 0;
  }
}
