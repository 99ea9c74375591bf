package dev.herald.billing.ledger;

import java.util.Locale;

/** What made a movement happen; with a version or a request id, what makes it happen once. */
public enum Origin {
  /** A caller's request with an id of its own. */
  REQUEST,
  /** A cumulative total of reserved messages. */
  RESERVE,
  /** A version of a line's usage total. */
  USAGE,
  /** A version of a line's unattempted total. */
  UNATTEMPTED;

  /** The key shown in the ledger: {@code usage:7}. */
  public String key(Object version) {
    return name().toLowerCase(Locale.ROOT) + ":" + version;
  }
}
