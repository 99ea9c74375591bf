package dev.herald.analytics.evidence;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The set of evidence seen for a message: a bit for each kind. */
public record EvidenceSet(int bits) {
  /** How many different sets there are. */
  public static final int COUNT = 1 << EvidenceKind.ALL.size();

  public static final EvidenceSet EMPTY = new EvidenceSet(0);

  public EvidenceSet {
    if (bits < 0 || bits >= COUNT) {
      throw new IllegalArgumentException("Not a set of evidence: " + bits);
    }
  }

  public static EvidenceSet of(EvidenceKind... kinds) {
    return of(List.of(kinds));
  }

  public static EvidenceSet of(Collection<EvidenceKind> kinds) {
    return new EvidenceSet(kinds.stream().mapToInt(EvidenceKind::bit).reduce(0, (a, b) -> a | b));
  }

  /** Every set there is. */
  public static Stream<EvidenceSet> all() {
    return IntStream.range(0, COUNT).mapToObj(EvidenceSet::new);
  }

  public boolean has(EvidenceKind kind) {
    return (bits & kind.bit()) != 0;
  }

  public boolean hasAny(EvidenceKind first, EvidenceKind... more) {
    if (has(first)) {
      return true;
    }
    for (EvidenceKind kind : more) {
      if (has(kind)) {
        return true;
      }
    }
    return false;
  }

  public boolean hasAll(EvidenceSet others) {
    return (bits & others.bits) == others.bits;
  }

  public boolean hasNone(EvidenceSet others) {
    return (bits & others.bits) == 0;
  }

  /** True if this contradicts itself: failed and yet delivered, or skipped and yet handed over. */
  public boolean isContradictory() {
    boolean isDelivered =
        hasAny(
            EvidenceKind.DELIVERED, EvidenceKind.READ, EvidenceKind.REPLIED, EvidenceKind.CLICKED);
    boolean isHandedOver =
        isDelivered
            || hasAny(
                EvidenceKind.ACCEPTED, EvidenceKind.HELD, EvidenceKind.SENT, EvidenceKind.FAILED);
    return (has(EvidenceKind.FAILED) && isDelivered) || (has(EvidenceKind.SKIPPED) && isHandedOver);
  }

  public EvidenceSet union(EvidenceSet other) {
    return new EvidenceSet(bits | other.bits);
  }

  public EvidenceSet with(EvidenceKind kind) {
    return new EvidenceSet(bits | kind.bit());
  }
}
