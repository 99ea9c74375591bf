package dev.herald.runtime.database;

import io.grpc.Context;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a call's cancellation or deadline into the database: a statement that runs for a caller
 * who has gone is cancelled, a new one is not begun. Commits are left alone, so that cancelling
 * never makes an outcome unknown.
 */
final class CancelWithCall implements StatementCustomizer {
  /** PostgreSQL's own code for a cancelled query. */
  static final String QUERY_CANCELED = "57014";

  private static final Logger log = LoggerFactory.getLogger(CancelWithCall.class);

  @Override
  public void beforeExecution(PreparedStatement statement, StatementContext statementContext)
      throws SQLException {
    Context call = Context.current();
    if (call.isCancelled()) {
      throw new SQLException("The call is cancelled.", QUERY_CANCELED);
    }
    if (call.equals(Context.ROOT)) {
      return;
    }
    // Cancelling speaks to the server over a connection of its own, so not on gRPC's thread.
    Context.CancellationListener listener =
        ignored -> Thread.startVirtualThread(() -> cancel(statement));
    call.addListener(listener, Runnable::run);
    statementContext.addCleanable(() -> call.removeListener(listener));
  }

  private static void cancel(PreparedStatement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      log.debug("A statement of a cancelled call could not be cancelled", e);
    }
  }
}
