package dev.herald.simulator.scenario;

/** How the answer of a send goes wrong. */
public enum HttpFault {
  NONE,
  /** Not taken: the connection is reset. */
  RESET_BEFORE_ACCEPT,
  /** Not taken: HTTP 503, code 2. */
  UNAVAILABLE,
  /** Not taken: HTTP 429, code 130429. */
  THROTTLED,
  /** Taken, never answered. */
  TIMEOUT,
  /** Taken, answered 5xx or with a redirect. */
  ERROR_AFTER_ACCEPT,
  /** Taken, connection reset. */
  RESET_AFTER_ACCEPT,
  /** Taken, the answer breaks off. */
  TRUNCATED,
  /** Taken, answered 200 with something unexpected. */
  GARBAGE,
  /** Taken, answered byte by byte. */
  SLOW;

  private static final HttpFault[] VALUES = values();

  /** Whether the message is taken although the answer goes wrong. */
  public boolean afterAccept() {
    return compareTo(TIMEOUT) >= 0;
  }

  /** Its place in compact tables; never stored. */
  @SuppressWarnings("EnumOrdinal")
  public int code() {
    return ordinal();
  }

  public static HttpFault at(int code) {
    return VALUES[code];
  }
}
