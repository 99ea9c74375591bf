package dev.herald.runtime.database;

import dev.herald.runtime.HeraldException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a database error means to a caller, decided on PostgreSQL's code and never on its text. */
public final class DatabaseErrors {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int MAX_CAUSES = 20;

  private DatabaseErrors() {}

  /** The PostgreSQL code of the error at the bottom of this one, if a database said it. */
  public static Optional<String> sqlState(Throwable failure) {
    return Optional.ofNullable(sqlException(failure)).map(SQLException::getSQLState);
  }

  /**
   * True if the data of the request made the statement fail, so that nothing was changed and the
   * same data will fail again: malformed values and broken constraints.
   */
  public static boolean isDataError(Throwable failure) {
    return sqlState(failure)
        .filter(code -> code.startsWith("22") || code.startsWith("23"))
        .isPresent();
  }

  /**
   * True if the database could not be reached, or ended the connection: not because of the data.
   */
  public static boolean isAway(Throwable failure) {
    SQLException cause = sqlException(failure);
    return cause != null
        && isUnreachable(cause, cause.getSQLState() == null ? "" : cause.getSQLState());
  }

  /** The error for the caller, or empty if the cause is not a database or is a bug of ours. */
  public static Optional<HeraldException> translate(Throwable failure) {
    SQLException cause = sqlException(failure);
    if (cause == null) {
      return Optional.empty();
    }
    String code = cause.getSQLState() == null ? "" : cause.getSQLState();
    return Optional.ofNullable(translate(cause, code)).map(error -> error.causedBy(failure));
  }

  private static @Nullable HeraldException translate(SQLException cause, String code) {
    return switch (code) {
      case "40001", "40P01" ->
          HeraldException.aborted(
              "CONFLICT", "Another request changed the same thing at the same time. Try again.");
      case "55P03" ->
          HeraldException.unavailable(
                  "DATABASE_LOCKED", "Another request holds what this one needs. Try again.")
              .retryAfter(SOON);
      case CancelWithCall.QUERY_CANCELED ->
          HeraldException.unavailable(
                  "DATABASE_TIMEOUT", "The database took too long to answer. Try again.")
              .retryAfter(SOON);
      case "22021", "22P05" ->
          HeraldException.of(
              HeraldException.Kind.INVALID,
              "TEXT_NOT_STORABLE",
              "A text contains a character that cannot be stored, such as U+0000. Remove it.");
      default -> isUnreachable(cause, code) ? unreachable() : null;
    };
  }

  // 08 connection, 53 out of resources, 57P0x shutting down or starting up, 25006 read-only
  // standby,
  // 25P03 idle-in-transaction timeout; a transient exception without a code is the pool's.
  private static boolean isUnreachable(SQLException cause, String code) {
    return code.startsWith("08")
        || code.startsWith("53")
        || code.startsWith("57P")
        || code.equals("25006")
        || code.equals("25P03")
        || cause instanceof SQLTransientException;
  }

  private static HeraldException unreachable() {
    return HeraldException.unavailable(
            "DATABASE_UNAVAILABLE", "The database cannot be reached just now. Try again.")
        .retryAfter(SOON);
  }

  private static @Nullable SQLException sqlException(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
