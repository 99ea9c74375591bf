package dev.herald.gateway.api;

/**
 * An answer that has begun cannot be finished: the connection must break, so that nobody takes it
 * for whole.
 */
public final class BrokenOffException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokenOffException(Throwable cause) {
    super("An answer was broken off.", cause);
  }
}
