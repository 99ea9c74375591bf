package dev.herald.analytics.evidence;

import java.util.List;

/**
 * One kind of fact about a message. The numbers are the contract's, the bits are the database's.
 */
public enum EvidenceKind {
  /** WhatsApp took the message from us. */
  ACCEPTED,
  /** WhatsApp took it and holds it for quality assessment. */
  HELD,
  /** WhatsApp reports it sent. */
  SENT,
  /** WhatsApp reports it delivered. */
  DELIVERED,
  /** WhatsApp reports it read. */
  READ,
  /** WhatsApp refused it or reports that it failed. */
  FAILED,
  /** The person answered it. */
  REPLIED,
  /** The person opened its link. */
  CLICKED,
  /** Herald chose not to attempt it. */
  SKIPPED,
  /** Herald may have handed it over and cannot know. */
  UNCONFIRMED,
  /** Herald gave up waiting for news. */
  EXPIRED;

  public static final List<EvidenceKind> ALL = List.of(values());

  /** The number in the contract, from 1. */
  public int number() {
    return ordinal() + 1;
  }

  /** The bit in a set of evidence. */
  public int bit() {
    return 1 << ordinal();
  }

  /** The kind of a number of the contract, which must be one of 1 to 11. */
  public static EvidenceKind of(int number) {
    return ALL.get(number - 1);
  }

  /** True if the contract has a kind of this number. */
  public static boolean exists(int number) {
    return number >= 1 && number <= ALL.size();
  }
}
