package dev.herald.analytics.evidence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Evidence made up from a seed, and what may happen to it on its way. */
final class Facts {
  private static final String[] COUNTRIES = {"IN", "US", "ZZ"};
  private static final int[] CODES = {0, 131026, 131049};
  private static final String[] TITLES = {"", "a", "\uFF01", "\uD83D\uDE00"};
  private static final long START = 1_700_000_000_000_000L;

  private Facts() {}

  static Fact fact(long campaign, int ordinal, EvidenceKind kind, long micros) {
    return new Fact(0, 1, campaign, ordinal, kind, micros, "IN", 0, 0, "", "", 0);
  }

  /** Anything about a few messages: contradictions, ties in time, several countries and lots. */
  static List<Fact> any(Random random, long campaign, int messages, int facts) {
    List<Fact> all = new ArrayList<>();
    for (int i = 0; i < facts; i++) {
      EvidenceKind kind = EvidenceKind.ALL.get(random.nextInt(EvidenceKind.ALL.size()));
      boolean isFailure = kind == EvidenceKind.FAILED;
      all.add(
          new Fact(
              i,
              1,
              campaign,
              random.nextInt(messages),
              kind,
              START + random.nextInt(6) * 40_000_000L,
              COUNTRIES[random.nextInt(COUNTRIES.length)],
              random.nextInt(2) * 20261101,
              isFailure ? CODES[random.nextInt(CODES.length)] : 0,
              isFailure ? TITLES[random.nextInt(TITLES.length)] : "",
              isFailure ? TITLES[random.nextInt(TITLES.length)] : "",
              kind == EvidenceKind.SKIPPED ? 1 + random.nextInt(3) : 0));
    }
    return all;
  }

  /** The same facts in another order, some of them several times. */
  static List<Fact> disturbed(Random random, List<Fact> facts) {
    List<Fact> all = new ArrayList<>(facts);
    for (Fact fact : facts) {
      if (random.nextInt(3) == 0) {
        all.add(fact);
      }
    }
    Collections.shuffle(all, random);
    return all;
  }

  /** Cut into batches of random sizes. */
  static List<List<Fact>> split(Random random, List<Fact> facts, int largest) {
    List<List<Fact>> batches = new ArrayList<>();
    for (int from = 0; from < facts.size(); ) {
      int to = Math.min(facts.size(), from + 1 + random.nextInt(largest));
      batches.add(facts.subList(from, to));
      from = to;
    }
    return batches;
  }

  static Fact inCampaign(Fact fact, long campaign) {
    return new Fact(
        fact.index(),
        fact.workspaceId(),
        campaign,
        fact.ordinal(),
        fact.kind(),
        fact.micros(),
        fact.country(),
        fact.lot(),
        fact.failureCode(),
        fact.failureTitle(),
        fact.failureDetails(),
        fact.skipReason());
  }
}
