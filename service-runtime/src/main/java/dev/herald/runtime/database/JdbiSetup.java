package dev.herald.runtime.database;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.array.SqlArrayType;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.postgres.PostgresPlugin;

/** How Herald's values become SQL values. */
final class JdbiSetup {
  // Text keeps the microseconds and needs no time zone of this process.
  private static final SqlArrayType<Instant> INSTANTS =
      SqlArrayType.of("timestamptz", Instant::toString);

  private JdbiSetup() {}

  static Jdbi on(DataSource pool) {
    Jdbi jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
    jdbi.registerArrayType(
        (elementType, config) ->
            elementType == Instant.class ? Optional.of(INSTANTS) : Optional.empty());
    jdbi.registerArrayType(LocalDate.class, "date");
    jdbi.registerArrayType(Short.class, "int2");
    jdbi.registerArrayType(Boolean.class, "bool");
    jdbi.registerArrayType(new Payloads());
    jdbi.getConfig(SqlStatements.class).addCustomizer(new CancelWithCall());
    // JDBI's own messages quote the arguments, and arguments hold phone numbers.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(JdbiSetup::withoutArguments);
    return jdbi;
  }

  private static String withoutArguments(StatementException failure) {
    StatementContext context = failure.getStatementContext();
    String sql = context == null ? "(unknown)" : context.getRawSql();
    return failure.getShortMessage() + " [statement: " + sql + "]";
  }

  /** The driver writes bytea[] from byte[][] only, not from an array of objects. */
  private static final class Payloads implements SqlArrayType<byte[]> {
    @Override
    public String getTypeName() {
      return "bytea";
    }

    @Override
    public Object convertArrayElement(byte[] element) {
      return element;
    }

    @Override
    public Class<?> getArrayElementClass() {
      return byte[].class;
    }
  }
}
