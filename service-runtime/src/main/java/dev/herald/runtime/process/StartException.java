package dev.herald.runtime.process;

/**
 * Why a process cannot start, in words for the person who started it: the message says what to put
 * in order, so no stack trace is shown.
 */
public class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
