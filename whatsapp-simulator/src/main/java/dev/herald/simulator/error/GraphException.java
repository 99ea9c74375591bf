package dev.herald.simulator.error;

/**
 * Carries a {@link GraphError} out of nested validation. Without a stack trace: refusals are
 * ordinary answers.
 */
public final class GraphException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient GraphError error;

  public GraphException(GraphError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public GraphError error() {
    return error;
  }
}
