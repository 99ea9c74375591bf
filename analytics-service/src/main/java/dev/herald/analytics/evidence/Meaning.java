package dev.herald.analytics.evidence;

import static dev.herald.analytics.evidence.EvidenceKind.ACCEPTED;
import static dev.herald.analytics.evidence.EvidenceKind.CLICKED;
import static dev.herald.analytics.evidence.EvidenceKind.DELIVERED;
import static dev.herald.analytics.evidence.EvidenceKind.EXPIRED;
import static dev.herald.analytics.evidence.EvidenceKind.FAILED;
import static dev.herald.analytics.evidence.EvidenceKind.HELD;
import static dev.herald.analytics.evidence.EvidenceKind.READ;
import static dev.herald.analytics.evidence.EvidenceKind.REPLIED;
import static dev.herald.analytics.evidence.EvidenceKind.SENT;
import static dev.herald.analytics.evidence.EvidenceKind.UNCONFIRMED;

import java.util.List;

/**
 * What a message with this evidence counts as; every figure of a campaign is the number of its
 * messages for which one of these is true. The table evidence_meaning holds the same for all sets.
 *
 * @param submitted WhatsApp took it: it said so, or said anything else about it later
 * @param held accepted, and kept by WhatsApp for quality assessment
 * @param anomaly the evidence contradicts itself
 * @param expired Herald gave up waiting for news of it
 * @param releasedOnSent its money was set aside for nothing, if sent messages are charged
 * @param releasedOnDelivered the same, if delivered messages are charged
 */
public record Meaning(
    Bucket bucket,
    boolean submitted,
    boolean sent,
    boolean delivered,
    boolean read,
    boolean failed,
    boolean skipped,
    boolean unconfirmed,
    boolean accepted,
    boolean held,
    boolean replied,
    boolean clicked,
    boolean anomaly,
    boolean expired,
    boolean releasedOnSent,
    boolean releasedOnDelivered) {

  /** The counters of a campaign, by their names in the database. */
  public static final List<String> COUNTERS =
      List.of(
          "submitted",
          "sent",
          "delivered",
          "read",
          "failed",
          "skipped",
          "unconfirmed",
          "accepted",
          "held",
          "replied",
          "clicked",
          "anomalies",
          "expired");

  /** True if the message counts in the counter of this name. */
  public boolean counts(String counter) {
    return switch (counter) {
      case "submitted" -> submitted;
      case "sent" -> sent;
      case "delivered" -> delivered;
      case "read" -> read;
      case "failed" -> failed;
      case "skipped" -> skipped;
      case "unconfirmed" -> unconfirmed;
      case "accepted" -> accepted;
      case "held" -> held;
      case "replied" -> replied;
      case "clicked" -> clicked;
      case "anomalies" -> anomaly;
      case "expired" -> expired;
      case "released_on_sent" -> releasedOnSent;
      case "released_on_delivered" -> releasedOnDelivered;
      default -> throw new IllegalArgumentException("No counter is called " + counter);
    };
  }

  public static Meaning of(EvidenceSet seen) {
    Bucket bucket = Bucket.of(seen);
    boolean gaveUp = seen.has(EXPIRED);
    boolean isVoid = bucket == Bucket.FAILED || bucket == Bucket.SKIPPED;
    return new Meaning(
        bucket,
        seen.hasAny(ACCEPTED, HELD, SENT, DELIVERED, READ, REPLIED, CLICKED)
            || (seen.has(FAILED) && seen.has(UNCONFIRMED)),
        bucket.isSent(),
        bucket.isDelivered(),
        bucket == Bucket.READ,
        bucket == Bucket.FAILED,
        bucket == Bucket.SKIPPED,
        bucket == Bucket.UNCONFIRMED,
        bucket == Bucket.ACCEPTED,
        bucket == Bucket.ACCEPTED && seen.has(HELD),
        seen.has(REPLIED),
        seen.has(CLICKED),
        seen.isContradictory(),
        gaveUp && (bucket == Bucket.ACCEPTED || bucket == Bucket.UNCONFIRMED),
        isVoid || (gaveUp && !bucket.isSent()),
        isVoid || (gaveUp && !bucket.isDelivered()));
  }
}
