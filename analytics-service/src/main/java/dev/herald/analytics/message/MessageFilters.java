package dev.herald.analytics.message;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.evidence.Bucket;
import dev.herald.analytics.evidence.EvidenceKind;
import dev.herald.analytics.evidence.EvidenceSet;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.runtime.HeraldException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which messages are meant, as the database looks for them: the sets of evidence that qualify, and
 * what does not follow from the evidence.
 *
 * @param everySet true if every set qualifies
 * @param sets qualifying sets, if not every one does
 * @param firstMicros first evidence at or after, or 0
 * @param lastMicros first evidence before, or Long.MAX_VALUE
 */
public record MessageFilters(
    boolean everySet,
    int[] sets,
    int[] failureCodes,
    String[] countries,
    int[] skipReasons,
    long firstMicros,
    long lastMicros) {
  private static final long LATEST_SECONDS = 7_258_118_400L;

  public static MessageFilters of(MessageFilter filter) {
    long first = filter.hasStartTime() ? micros(filter.getStartTime()) : 0;
    long last = filter.hasEndTime() ? micros(filter.getEndTime()) : Long.MAX_VALUE;
    if (first >= last) {
      throw HeraldException.invalid(
          "filter.end_time", "RANGE_EMPTY", "The end must be later than the start.");
    }
    int[] sets = sets(filter);
    return new MessageFilters(
        sets.length == EvidenceSet.COUNT - 1,
        sets,
        filter.getFailureCodesList().stream().mapToInt(Integer::intValue).distinct().toArray(),
        filter.getCountriesList().stream().distinct().toArray(String[]::new),
        filter.getSkipReasonsValueList().stream().mapToInt(Integer::intValue).distinct().toArray(),
        first,
        last);
  }

  /** True if nothing is asked for but the campaign. */
  boolean isEmpty() {
    return everySet
        && failureCodes.length == 0
        && countries.length == 0
        && skipReasons.length == 0
        && !hasTimes();
  }

  boolean hasTimes() {
    return firstMicros > 0 || lastMicros < Long.MAX_VALUE;
  }

  private static int[] sets(MessageFilter filter) {
    Set<Bucket> buckets =
        filter.getBucketsList().stream().map(MessageFilters::bucket).collect(Collectors.toSet());
    EvidenceSet with = set("filter.with_evidence", filter.getWithEvidenceValueList());
    EvidenceSet without = set("filter.without_evidence", filter.getWithoutEvidenceValueList());
    return IntStream.range(1, EvidenceSet.COUNT)
        .mapToObj(EvidenceSet::new)
        .filter(seen -> buckets.isEmpty() || buckets.contains(Bucket.of(seen)))
        .filter(seen -> seen.hasAll(with) && seen.hasNone(without))
        .filter(seen -> !filter.getAnomaliesOnly() || seen.isContradictory())
        .filter(seen -> filter.getFailureCodesCount() == 0 || seen.has(EvidenceKind.FAILED))
        // An overruled failure is listed only where contradictions are asked for.
        .filter(
            seen ->
                filter.getFailureCodesCount() == 0
                    || filter.getAnomaliesOnly()
                    || Bucket.of(seen) == Bucket.FAILED)
        .filter(seen -> filter.getSkipReasonsCount() == 0 || Bucket.of(seen) == Bucket.SKIPPED)
        .mapToInt(EvidenceSet::bits)
        .toArray();
  }

  private static Bucket bucket(dev.herald.analytics.v1.Bucket bucket) {
    return switch (bucket) {
      case BUCKET_PENDING -> Bucket.PENDING;
      case BUCKET_SKIPPED -> Bucket.SKIPPED;
      case BUCKET_UNCONFIRMED -> Bucket.UNCONFIRMED;
      case BUCKET_ACCEPTED -> Bucket.ACCEPTED;
      case BUCKET_SENT -> Bucket.SENT;
      case BUCKET_DELIVERED -> Bucket.DELIVERED;
      case BUCKET_READ -> Bucket.READ;
      case BUCKET_FAILED -> Bucket.FAILED;
      case BUCKET_UNSPECIFIED, UNRECOGNIZED ->
          throw HeraldException.invalid(
              "filter.buckets", "BUCKET_UNKNOWN", "Name a bucket such as BUCKET_FAILED.");
    };
  }

  private static EvidenceSet set(String field, List<Integer> numbers) {
    Collection<EvidenceKind> kinds =
        numbers.stream()
            .map(
                number -> {
                  if (!EvidenceKind.exists(number)) {
                    throw HeraldException.invalid(
                        field, "KIND_UNKNOWN", "Name a kind of evidence such as REPLIED.");
                  }
                  return EvidenceKind.of(number);
                })
            .toList();
    return EvidenceSet.of(kinds);
  }

  private static long micros(Timestamp time) {
    return Math.clamp(time.getSeconds(), 0, LATEST_SECONDS) * 1_000_000
        + Math.clamp(time.getNanos(), 0, 999_999_999) / 1000;
  }
}
