package dev.herald.analytics.message;

import dev.herald.analytics.evidence.Bucket;
import dev.herald.analytics.evidence.EvidenceKind;
import dev.herald.analytics.evidence.EvidenceSet;
import dev.herald.analytics.v1.MessageFilter;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which messages are meant, as the database looks for them: the sets of evidence that qualify, and
 * what does not follow from the evidence.
 *
 * @param sets qualifying sets; empty means all
 * @param firstMicros first evidence at or after, or 0
 * @param lastMicros first evidence before, or Long.MAX_VALUE
 */
public record MessageFilters(
    int[] sets, int[] failureCodes, String[] countries, long firstMicros, long lastMicros) {
  private static final EvidenceSet PROOF =
      EvidenceSet.of(
          EvidenceKind.DELIVERED, EvidenceKind.READ, EvidenceKind.REPLIED, EvidenceKind.CLICKED);

  public static MessageFilters of(MessageFilter filter) {
    return new MessageFilters(
        sets(filter),
        filter.getFailureCodesList().stream().mapToInt(Integer::intValue).toArray(),
        filter.getCountriesList().toArray(String[]::new),
        filter.hasStartTime() ? filter.getStartTime().getSeconds() * 1_000_000 : 0,
        filter.hasEndTime() ? filter.getEndTime().getSeconds() * 1_000_000 : Long.MAX_VALUE);
  }

  private static int[] sets(MessageFilter filter) {
    Set<Bucket> buckets =
        filter.getBucketsList().stream()
            .map(bucket -> Bucket.valueOf(bucket.name().substring("BUCKET_".length())))
            .collect(Collectors.toSet());
    EvidenceSet with = set(filter.getWithEvidenceValueList());
    EvidenceSet without = set(filter.getWithoutEvidenceValueList());
    boolean all =
        buckets.isEmpty()
            && with.bits() == 0
            && without.bits() == 0
            && !filter.getAnomaliesOnly()
            && filter.getFailureCodesCount() == 0;
    if (all) {
      return new int[0];
    }
    return IntStream.range(1, EvidenceSet.COUNT)
        .mapToObj(EvidenceSet::new)
        .filter(seen -> buckets.isEmpty() || buckets.contains(Bucket.of(seen)))
        .filter(seen -> seen.hasAll(with) && seen.hasNone(without))
        .filter(seen -> !filter.getAnomaliesOnly() || isAnomaly(seen))
        .filter(seen -> filter.getFailureCodesCount() == 0 || Bucket.of(seen) == Bucket.FAILED)
        .mapToInt(EvidenceSet::bits)
        .toArray();
  }

  /** Contradictory evidence: failed and yet delivered, or skipped and yet handed over. */
  static boolean isAnomaly(EvidenceSet seen) {
    boolean delivered = !seen.hasNone(PROOF);
    boolean handedOver =
        delivered
            || seen.hasAny(
                EvidenceKind.ACCEPTED, EvidenceKind.HELD, EvidenceKind.SENT, EvidenceKind.FAILED);
    return (seen.has(EvidenceKind.FAILED) && delivered)
        || (seen.has(EvidenceKind.SKIPPED) && handedOver);
  }

  private static EvidenceSet set(java.util.List<Integer> numbers) {
    return EvidenceSet.of(
        numbers.stream().filter(EvidenceKind::exists).map(EvidenceKind::of).toList());
  }
}
