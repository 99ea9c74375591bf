package dev.herald.runtime.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's own schema: migrated to this version of the code, reached through a pool of bounded
 * size, with time limits on every statement, lock and idle transaction.
 *
 * <p>Durability is PostgreSQL's default, {@code synchronous_commit = on}: what is answered OK
 * survives a crash. A job that needs more time than {@link #STATEMENT_TIMEOUT} says so with {@code
 * set local statement_timeout} in its transaction.
 */
public final class Database implements AutoCloseable {
  public static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);
  public static final Duration LOCK_TIMEOUT = Duration.ofSeconds(3);
  public static final Duration IDLE_IN_TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final Pattern SCHEMA = Pattern.compile("[a-z][a-z0-9_]{0,30}");
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int REACHABLE_TIMEOUT_SECONDS = 2;

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = JdbiSetup.on(pool);
  }

  /**
   * Migrates the schema with {@code classpath:db/migration/<schema>} and opens the pool. Several
   * processes may do so at the same moment; one migrates, the others wait.
   */
  public static Database open(DatabaseConfig config, String schema, MeterRegistry metrics) {
    if (!SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException("Not a schema's name: " + schema);
    }
    Migration.run(config, schema);
    HikariDataSource pool = new HikariDataSource(poolConfig(config, schema, metrics));
    log.info("Database open schema={} pool={}", schema, config.poolSize());
    return new Database(pool);
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  /** True if a connection is to be had and answers; for readiness. */
  public boolean reachable() {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(REACHABLE_TIMEOUT_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private static HikariConfig poolConfig(
      DatabaseConfig config, String schema, MeterRegistry metrics) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(schema);
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password().value());
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(Math.min(2, config.poolSize()));
    hikari.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    hikari.setConnectionInitSql(sessionSettings(schema));
    hikari.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(metrics));
    hikari.addDataSourceProperty("ApplicationName", "herald-" + schema);
    // As text: the driver overlooks properties of other types.
    hikari.addDataSourceProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
    hikari.addDataSourceProperty("tcpKeepAlive", "true");
    hikari.addDataSourceProperty("reWriteBatchedInserts", "true");
    // The detail of a broken constraint quotes the row, and rows hold phone numbers.
    hikari.addDataSourceProperty("logServerErrorDetail", "false");
    return hikari;
  }

  // client_connection_check_interval: a query whose client has died stops instead of holding locks.
  private static String sessionSettings(String schema) {
    return """
    set search_path = %s;
    set statement_timeout = '%dms';
    set lock_timeout = '%dms';
    set idle_in_transaction_session_timeout = '%dms';
    set client_connection_check_interval = '2s';
    set timezone = 'UTC'
    """
        .formatted(
            schema,
            STATEMENT_TIMEOUT.toMillis(),
            LOCK_TIMEOUT.toMillis(),
            IDLE_IN_TRANSACTION_TIMEOUT.toMillis());
  }
}
