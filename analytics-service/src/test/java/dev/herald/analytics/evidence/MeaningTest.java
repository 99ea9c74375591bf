package dev.herald.analytics.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MeaningTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("analytics");

  private static final List<String> MONEY = List.of("released_on_sent", "released_on_delivered");
  private static final List<String> OF_THE_BUCKET =
      List.of("sent", "delivered", "read", "failed", "skipped", "unconfirmed", "accepted");

  @Test
  void theTableInTheDatabaseSaysTheSameForEverySet() {
    List<String> counters = new ArrayList<>(Meaning.COUNTERS);
    counters.addAll(MONEY);
    List<Integer> sets =
        database
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery("select * from evidence_meaning")
                        .map(
                            (row, context) -> {
                              EvidenceSet seen = new EvidenceSet(row.getInt("evidence"));
                              Meaning meaning = Meaning.of(seen);
                              assertThat(row.getString("bucket"))
                                  .isEqualTo(meaning.bucket().name());
                              for (String counter : counters) {
                                assertThat(row.getInt(counter))
                                    .as("%s of %s", counter, seen)
                                    .isEqualTo(meaning.counts(counter) ? 1 : 0);
                              }
                              return seen.bits();
                            })
                        .list());
    assertThat(new TreeSet<>(sets)).hasSize(EvidenceSet.COUNT);
  }

  @Test
  void everySetIsInExactlyOneBucketAndKeepsTheInvariants() {
    EvidenceSet.all()
        .map(Meaning::of)
        .forEach(
            meaning -> {
              long buckets =
                  List.of(
                          meaning.bucket() == Bucket.PENDING,
                          meaning.skipped(),
                          meaning.unconfirmed(),
                          meaning.accepted(),
                          meaning.sent() && !meaning.delivered(),
                          meaning.delivered() && !meaning.read(),
                          meaning.read(),
                          meaning.failed())
                      .stream()
                      .filter(it -> it)
                      .count();
              assertThat(buckets).isEqualTo(1);
              assertThat(!meaning.read() || meaning.delivered()).isTrue();
              assertThat(!meaning.delivered() || meaning.sent()).isTrue();
              assertThat(!meaning.sent() || meaning.submitted()).isTrue();
              assertThat(meaning.sent() && meaning.failed()).isFalse();
              assertThat(meaning.sent() && meaning.releasedOnSent()).isFalse();
              assertThat(meaning.delivered() && meaning.releasedOnDelivered()).isFalse();
              assertThat(!meaning.failed() || meaning.releasedOnSent()).isTrue();
            });
  }

  @Test
  void moreEvidenceNeverUndoesAProofOfDelivery() {
    EvidenceSet.all()
        .filter(seen -> Bucket.of(seen).isDelivered())
        .forEach(
            seen ->
                EvidenceKind.ALL.forEach(
                    kind -> assertThat(Bucket.of(seen.with(kind)).isDelivered()).isTrue()));
  }

  @Test
  void theHandbookSaysWhatTheCodeDoes() throws IOException {
    String handbook = Files.readString(Path.of("../docs/evidence.md"));
    List<String[]> buckets = table(handbook, "buckets");
    List<String[]> counters = table(handbook, "counters");
    assertThat(buckets).hasSize(Bucket.values().length);
    assertThat(counters).hasSize(Meaning.COUNTERS.size() + MONEY.size() - OF_THE_BUCKET.size());
    EvidenceSet.all()
        .forEach(
            seen -> {
              Meaning meaning = Meaning.of(seen);
              String[] row =
                  buckets.stream().filter(line -> applies(line[0], seen)).findFirst().orElseThrow();
              assertThat(meaning.bucket().name()).as("%s", seen).isEqualTo(row[1]);
              Set<String> countsAs = new TreeSet<>(Arrays.asList(row[2].split(", ?")));
              for (String counter : OF_THE_BUCKET) {
                assertThat(meaning.counts(counter))
                    .as("%s of %s", counter, seen)
                    .isEqualTo(countsAs.contains(counter));
              }
              for (String[] counter : counters) {
                assertThat(meaning.counts(counter[0]))
                    .as("%s of %s", counter[0], seen)
                    .isEqualTo(applies(counter[1], seen));
              }
            });
  }

  private static List<String[]> table(String handbook, String name) {
    String begin = "<!-- " + name + ": begin -->";
    String end = "<!-- " + name + ": end -->";
    String part = handbook.substring(handbook.indexOf(begin), handbook.indexOf(end));
    return part.lines()
        .filter(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .map(cells -> cells.subList(1, cells.size() - 1).toArray(String[]::new))
        .toList();
  }

  private static boolean applies(String condition, EvidenceSet seen) {
    return condition.equals("anything else")
        || Arrays.stream(condition.split(" or "))
            .anyMatch(
                part -> Arrays.stream(part.split(" and ")).allMatch(word -> holds(word, seen)));
  }

  private static boolean holds(String word, EvidenceSet seen) {
    if (word.startsWith("not ")) {
      return !holds(word.substring(4), seen);
    }
    return word.equals(word.toUpperCase(Locale.ROOT))
        ? seen.has(EvidenceKind.valueOf(word))
        : Meaning.of(seen).counts(word);
  }
}
