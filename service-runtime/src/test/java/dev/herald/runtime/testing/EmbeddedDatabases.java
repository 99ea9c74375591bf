package dev.herald.runtime.testing;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.process.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL 18 per JVM, started when first asked for and ended with the JVM. Every request
 * gets a database and a role of its own, so that test classes do not see each other's rows.
 */
public final class EmbeddedDatabases {
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final int POOL_SIZE = 8;

  private EmbeddedDatabases() {}

  /** An empty database owned by a role of its own that is no superuser. */
  public static DatabaseConfig fresh() {
    return fresh(POOL_SIZE);
  }

  public static DatabaseConfig fresh(int poolSize) {
    String name = "herald_test_" + COUNTER.incrementAndGet();
    superuser("create role " + name + " login password '" + name + "'");
    superuser("create database " + name + " owner " + name);
    return new DatabaseConfig(
        Server.INSTANCE.getJdbcUrl(name, name), name, new Secret(name), poolSize);
  }

  /** Runs a statement as superuser, for instance to end a service's connections. */
  public static void superuser(String sql) {
    try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Ends all connections of a role: what a service sees when the database restarts. */
  public static void disconnect(DatabaseConfig database) {
    superuser(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
            + database.user()
            + "'");
  }

  private static final class Server {
    static final EmbeddedPostgres INSTANCE = start();

    // The tests keep PostgreSQL's own durability: what they prove must hold in production.
    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "200")
            .setServerConfig("timezone", "UTC")
            .setPort(FreePorts.next())
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException("The embedded PostgreSQL did not start.", e);
      }
    }
  }
}
