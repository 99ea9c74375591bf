package dev.herald.runtime.database;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.array.SqlArrayType;
import org.jdbi.v3.core.statement.SqlStatements;
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
    jdbi.registerArrayType(byte[].class, "bytea");
    jdbi.getConfig(SqlStatements.class).addCustomizer(new CancelWithCall());
    return jdbi;
  }
}
