package dev.herald.analytics.evidence;

import static dev.herald.analytics.evidence.EvidenceKind.CLICKED;
import static dev.herald.analytics.evidence.EvidenceKind.HELD;
import static dev.herald.analytics.evidence.EvidenceKind.REPLIED;

/**
 * The one bucket a message is in, decided by the set of evidence seen; the first line that applies:
 *
 * <pre>
 * READ                         read
 * DELIVERED, REPLIED, CLICKED  delivered
 * FAILED                       failed: nothing proves delivery
 * SENT                         sent
 * ACCEPTED, HELD               accepted
 * SKIPPED                      skipped
 * UNCONFIRMED                  unconfirmed
 * nothing, or only EXPIRED     pending
 * </pre>
 *
 * Proof of delivery beats a reported failure, whichever came first.
 */
public enum Bucket {
  PENDING,
  SKIPPED,
  UNCONFIRMED,
  ACCEPTED,
  SENT,
  DELIVERED,
  READ,
  FAILED;

  public static Bucket of(EvidenceSet seen) {
    if (seen.has(EvidenceKind.READ)) {
      return READ;
    }
    if (seen.hasAny(EvidenceKind.DELIVERED, REPLIED, CLICKED)) {
      return DELIVERED;
    }
    if (seen.has(EvidenceKind.FAILED)) {
      return FAILED;
    }
    if (seen.has(EvidenceKind.SENT)) {
      return SENT;
    }
    if (seen.hasAny(EvidenceKind.ACCEPTED, HELD)) {
      return ACCEPTED;
    }
    if (seen.has(EvidenceKind.SKIPPED)) {
      return SKIPPED;
    }
    return seen.has(EvidenceKind.UNCONFIRMED) ? UNCONFIRMED : PENDING;
  }

  /** True if the message counts as sent. */
  public boolean isSent() {
    return this == SENT || this == DELIVERED || this == READ;
  }

  /** True if the message counts as delivered. */
  public boolean isDelivered() {
    return this == DELIVERED || this == READ;
  }
}
