package dev.herald.reliability.oracle;

/**
 * The one place a message is in, by the evidence stored of it; written from the handbook's table.
 */
enum Fate {
  PENDING,
  SKIPPED,
  UNCONFIRMED,
  ACCEPTED,
  SENT,
  DELIVERED,
  READ,
  FAILED;

  static final int ACCEPTED_BIT = 1;
  static final int HELD_BIT = 2;
  static final int SENT_BIT = 4;
  static final int DELIVERED_BIT = 8;
  static final int READ_BIT = 16;
  static final int FAILED_BIT = 32;
  static final int REPLIED_BIT = 64;
  static final int CLICKED_BIT = 128;
  static final int SKIPPED_BIT = 256;
  static final int UNCONFIRMED_BIT = 512;

  static Fate of(int evidence) {
    if (any(evidence, READ_BIT)) {
      return READ;
    }
    if (any(evidence, DELIVERED_BIT | REPLIED_BIT | CLICKED_BIT)) {
      return DELIVERED;
    }
    if (any(evidence, FAILED_BIT)) {
      return FAILED;
    }
    if (any(evidence, SENT_BIT)) {
      return SENT;
    }
    if (any(evidence, ACCEPTED_BIT | HELD_BIT)) {
      return ACCEPTED;
    }
    if (any(evidence, SKIPPED_BIT)) {
      return SKIPPED;
    }
    return any(evidence, UNCONFIRMED_BIT) ? UNCONFIRMED : PENDING;
  }

  static boolean any(int evidence, int bits) {
    return (evidence & bits) != 0;
  }

  /** Whether it is paid for. */
  boolean isSent() {
    return this == SENT || this == DELIVERED || this == READ;
  }

  /** Whether its money goes back. */
  boolean isReleased() {
    return this == FAILED || this == SKIPPED;
  }
}
