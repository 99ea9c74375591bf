package dev.herald.runtime.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.postgresql.Driver;

/** Brings a schema to the version of the code, once, however many processes start together. */
final class Migration {
  // Any fixed number; it only has to differ from other users of advisory locks in the same
  // database.
  private static final int LOCK_SPACE = 0x4845_524D;
  private static final String LOCK_WAIT = "5min";

  private Migration() {}

  static void run(DatabaseConfig config, String schema) {
    // `create schema if not exists` is not safe against itself, hence a lock of our own around all.
    try (Connection connection = connect(config)) {
      lock(connection, schema);
      Flyway.configure()
          .dataSource(config.url(), config.user(), config.password().value())
          .locations("classpath:db/migration/" + schema)
          .failOnMissingLocations(true)
          .schemas(schema)
          .defaultSchema(schema)
          .createSchemas(true)
          .validateMigrationNaming(true)
          .load()
          .migrate();
    } catch (SQLException e) {
      throw new IllegalStateException("The schema " + schema + " could not be migrated.", e);
    }
  }

  private static Connection connect(DatabaseConfig config) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password().value());
    properties.setProperty("connectTimeout", "5");
    Connection connection = new Driver().connect(config.url(), properties);
    if (connection == null) {
      throw new SQLException("Not the address of a PostgreSQL database: " + config.url());
    }
    return connection;
  }

  // A session lock: it goes when the connection is closed, also by a crash.
  private static void lock(Connection connection, String schema) throws SQLException {
    try (PreparedStatement limit =
            connection.prepareStatement("set lock_timeout = '" + LOCK_WAIT + "'");
        PreparedStatement lock =
            connection.prepareStatement("select pg_advisory_lock(?, hashtext(?))")) {
      limit.execute();
      lock.setInt(1, LOCK_SPACE);
      lock.setString(2, schema);
      lock.execute();
    }
  }
}
