package dev.herald.standalone;

import dev.herald.runtime.process.FreePorts;
import dev.herald.runtime.process.StartException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 18 as a child process on loopback, its files kept in the data directory. Each service
 * has a role of its own that may touch nothing but its own schema.
 */
final class LocalPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalPostgres.class);
  private static final String DATABASE = "herald";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private final EmbeddedPostgres server;

  private LocalPostgres(EmbeddedPostgres server) {
    this.server = server;
  }

  static LocalPostgres start(DataDirectory data, List<String> schemas) {
    stopOrphan(data.database());
    LocalPostgres postgres = new LocalPostgres(startServer(data));
    try {
      postgres.createDatabase();
      for (String schema : schemas) {
        postgres.createRole(schema, data.secret("database." + schema));
      }
      return postgres;
    } catch (SQLException e) {
      postgres.close();
      throw new StartException("The database could not be prepared: " + e.getMessage(), e);
    }
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + DATABASE;
  }

  Connection superuser() throws SQLException {
    return server.getDatabase("postgres", DATABASE).getConnection();
  }

  static String role(String schema) {
    return "herald_" + schema;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.warn("PostgreSQL did not stop cleanly; it recovers by itself on the next start", e);
    }
  }

  private static EmbeddedPostgres startServer(DataDirectory data) {
    ProcessBuilder.Redirect serverLog =
        ProcessBuilder.Redirect.appendTo(data.databaseLog().toFile());
    try {
      return EmbeddedPostgres.builder()
          .setDataDirectory(data.database())
          .setCleanDataDirectory(false)
          .setOverrideWorkingDirectory(data.databaseBinaries().toFile())
          .setOutputRedirector(serverLog)
          .setErrorRedirector(serverLog)
          // Our own shutdown stops it last, after the services have finished their work on it.
          .setRegisterShutdownHook(false)
          .setPGStartupWait(START_TIMEOUT)
          .setServerConfig("max_connections", "150")
          .setServerConfig("shared_buffers", "256MB")
          .setServerConfig("max_wal_size", "2GB")
          .setServerConfig("listen_addresses", "127.0.0.1")
          .setPort(FreePorts.next())
          .start();
    } catch (IOException | IllegalStateException e) {
      throw new StartException(
          "PostgreSQL did not start: "
              + e.getMessage()
              + ". What it said itself is in "
              + data.databaseLog()
              + ".",
          e);
    }
  }

  private void createDatabase() throws SQLException {
    try (Connection admin = server.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      if (!exists(statement, "select 1 from pg_database where datname = '" + DATABASE + "'")) {
        statement.execute("create database " + DATABASE);
      }
    }
  }

  /** The role owns its schema; everybody's default schema is closed to it. */
  private void createRole(String schema, String password) throws SQLException {
    try (Connection admin = superuser();
        Statement statement = admin.createStatement()) {
      String role = role(schema);
      if (!exists(statement, "select 1 from pg_roles where rolname = '" + role + "'")) {
        statement.execute("create role " + role + " login");
      }
      statement.execute("alter role " + role + " password '" + password + "'");
      statement.execute("create schema if not exists " + schema + " authorization " + role);
      statement.execute("revoke all on schema public from public");
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  /**
   * A Herald that was killed leaves its PostgreSQL running on the data directory. It is asked to
   * stop; its files are then taken over like after any clean stop.
   */
  private static void stopOrphan(Path directory) {
    orphan(directory)
        .ifPresent(
            process -> {
              log.info(
                  "Stopping the PostgreSQL that an earlier run left behind pid={}", process.pid());
              process.destroy();
              if (!ended(process)) {
                // Same as a power cut for PostgreSQL, which is built for that.
                process.destroyForcibly();
                ended(process);
              }
            });
  }

  private static Optional<ProcessHandle> orphan(Path directory) {
    Path pidFile = directory.resolve("postmaster.pid");
    try {
      List<String> lines = Files.exists(pidFile) ? Files.readAllLines(pidFile) : List.of();
      if (lines.size() < 2 || !directory.toString().equals(lines.get(1))) {
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
          .filter(process -> process.info().command().orElse("").contains("postgres"));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean ended(ProcessHandle process) {
    try {
      process.onExit().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return !process.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
