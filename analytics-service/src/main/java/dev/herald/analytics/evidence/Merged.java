package dev.herald.analytics.evidence;

import org.jspecify.annotations.Nullable;

/**
 * The evidence of one message in one batch, merged in memory: a union, so that the database sees
 * each key once. The earliest time of each kind wins; of two failures or skips the earlier, then
 * the smaller, so that every order of arrival ends the same. MergeStatement decides alike.
 */
final class Merged {
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

  /** Of this fact's message; holds nothing yet. */
  Merged(Fact fact) {
    this.campaignId = fact.campaignId();
    this.ordinal = fact.ordinal();
    this.country = fact.country();
  }

  void add(Fact fact) {
    long known = at[fact.kind().ordinal()];
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
    at[fact.kind().ordinal()] = known == 0 ? fact.micros() : Math.min(known, fact.micros());
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
    int title = byCodePoint(fact.failureTitle(), failureTitle);
    return title != 0 ? title < 0 : byCodePoint(fact.failureDetails(), failureDetails) < 0;
  }

  /**
   * The order of PostgreSQL's collation "C", which compares UTF-8: that of code points. String's
   * own order is another one, because it compares UTF-16.
   */
  private static int byCodePoint(String one, @Nullable String other) {
    String two = other == null ? "" : other;
    int i = 0;
    while (i < one.length() && i < two.length()) {
      int a = one.codePointAt(i);
      int b = two.codePointAt(i);
      if (a != b) {
        return Integer.compare(a, b);
      }
      i += Character.charCount(a);
    }
    return Integer.compare(one.length(), two.length());
  }
}
