package dev.herald.runtime.groupcommit;

/** A batch could not be committed; the cause is what the database or the commit itself threw. */
public final class CommitFailedException extends RuntimeException {

  CommitFailedException(Throwable cause) {
    super("The batch could not be committed.", cause);
  }
}
