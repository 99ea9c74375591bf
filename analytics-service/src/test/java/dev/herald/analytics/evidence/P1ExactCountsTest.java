package dev.herald.analytics.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * The rule itself, without a database: 100,000 generated cases and every sequence of statuses up to
 * a length of seven. P1OnPostgresTest does the same with the merging statement.
 */
class P1ExactCountsTest {
  private static final EvidenceKind[] STATUSES = {
    EvidenceKind.SENT, EvidenceKind.DELIVERED, EvidenceKind.READ, EvidenceKind.FAILED
  };

  // As many cases as jqwik.tries.default in junit-platform.properties says, or
  // -Djqwik.tries.default.
  @Property(shrinking = ShrinkingMode.OFF)
  void anyOrderRepetitionAndSplitEndInTheSameRowsAndCounters(@ForAll long seed) {
    Random random = new Random(seed);
    List<Fact> facts = Facts.any(random, 1, 3, 1 + random.nextInt(12));
    Ledger straight = new Ledger();
    straight.merge(facts);
    Ledger disturbed = new Ledger();
    for (List<Fact> batch : Facts.split(random, Facts.disturbed(random, facts), 5)) {
      disturbed.merge(batch);
      disturbed.requireInvariants();
    }
    assertThat(disturbed.rows()).isEqualTo(straight.rows());
    assertThat(disturbed.counters).isEqualTo(straight.counters);
    assertThat(disturbed.counters).isEqualTo(straight.recounted());
  }

  @Property(tries = 1, shrinking = ShrinkingMode.OFF)
  void everySequenceOfStatusesUpToSevenCountsAsItsSet() {
    int sequences = 0;
    for (int length = 1; length <= 7; length++) {
      int[] sequence = new int[length];
      do {
        EvidenceSet seen = EvidenceSet.EMPTY;
        int sent = 0;
        int failed = 0;
        for (int status : sequence) {
          Meaning before = Meaning.of(seen);
          seen = seen.with(STATUSES[status]);
          Meaning after = Meaning.of(seen);
          sent += (after.sent() ? 1 : 0) - (before.sent() ? 1 : 0);
          failed += (after.failed() ? 1 : 0) - (before.failed() ? 1 : 0);
        }
        boolean isDelivered = seen.hasAny(EvidenceKind.DELIVERED, EvidenceKind.READ);
        boolean isFailed = seen.has(EvidenceKind.FAILED) && !isDelivered;
        assertThat(failed).isEqualTo(isFailed ? 1 : 0);
        assertThat(sent).isEqualTo(isFailed ? 0 : 1);
        sequences++;
      } while (next(sequence, STATUSES.length));
    }
    assertThat(sequences).isEqualTo(4 + 16 + 64 + 256 + 1024 + 4096 + 16384);
  }

  /** The next sequence of these digits, or false after the last. */
  static boolean next(int[] digits, int base) {
    for (int i = digits.length - 1; i >= 0; i--) {
      if (++digits[i] < base) {
        return true;
      }
      digits[i] = 0;
    }
    return false;
  }

  /**
   * Rows and counters in memory; a counter changes by what a message counts as after and before.
   */
  private static final class Ledger {
    private final Map<Integer, List<Fact>> seen = new TreeMap<>();
    private final Map<String, Integer> counters = new HashMap<>();

    void merge(List<Fact> batch) {
      for (Merged added : MergeStore.united(batch)) {
        List<Fact> known = seen.computeIfAbsent(added.ordinal, key -> new ArrayList<>());
        count(known, -1);
        batch.stream().filter(fact -> fact.ordinal() == added.ordinal).forEach(known::add);
        count(known, 1);
      }
    }

    private void count(List<Fact> facts, int sign) {
      if (facts.isEmpty()) {
        return;
      }
      Meaning meaning = Meaning.of(new EvidenceSet(row(facts).evidence));
      Meaning.COUNTERS.forEach(
          counter -> counters.merge(counter, meaning.counts(counter) ? sign : 0, Integer::sum));
    }

    Map<String, Integer> recounted() {
      Map<String, Integer> all = new HashMap<>();
      for (List<Fact> facts : seen.values()) {
        Meaning meaning = Meaning.of(new EvidenceSet(row(facts).evidence));
        Meaning.COUNTERS.forEach(
            counter -> all.merge(counter, meaning.counts(counter) ? 1 : 0, Integer::sum));
      }
      return all;
    }

    void requireInvariants() {
      assertThat(get("read")).isLessThanOrEqualTo(get("delivered"));
      assertThat(get("delivered")).isLessThanOrEqualTo(get("sent"));
      assertThat(get("sent")).isLessThanOrEqualTo(get("submitted"));
      assertThat(get("replied")).isLessThanOrEqualTo(get("delivered"));
      assertThat(get("clicked")).isLessThanOrEqualTo(get("delivered"));
      assertThat(get("sent") + get("failed") + get("skipped") + get("unconfirmed"))
          .isLessThanOrEqualTo(seen.size());
    }

    private int get(String counter) {
      return counters.getOrDefault(counter, 0);
    }

    List<String> rows() {
      return seen.values().stream().map(Ledger::row).map(Ledger::text).toList();
    }

    private static Merged row(List<Fact> facts) {
      return MergeStore.united(facts).getFirst();
    }

    private static String text(Merged row) {
      return row.ordinal
          + " "
          + row.evidence
          + " "
          + Arrays.toString(row.at)
          + " "
          + row.country
          + " "
          + row.lot
          + " "
          + row.skipReason
          + " "
          + row.failureCode
          + " "
          + row.failureTitle
          + " "
          + row.failureDetails;
    }
  }
}
