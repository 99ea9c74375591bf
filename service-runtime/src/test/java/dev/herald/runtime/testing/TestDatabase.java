package dev.herald.runtime.testing;

import dev.herald.runtime.database.Database;
import dev.herald.runtime.database.DatabaseConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fresh, migrated schema for a test class:
 *
 * <pre>{@code
 * @RegisterExtension static final TestDatabase database = TestDatabase.of("billing");
 * }</pre>
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private final String schema;
  private final DatabaseConfig config = EmbeddedDatabases.fresh();
  private @Nullable Database database;

  private TestDatabase(String schema) {
    this.schema = schema;
  }

  /** A database whose schema is migrated with {@code classpath:db/migration/<schema>}. */
  public static TestDatabase of(String schema) {
    return new TestDatabase(schema);
  }

  /** The database itself, opened at first use. */
  public synchronized Database database() {
    Database open = database;
    if (open == null) {
      open = Database.open(config, schema, new SimpleMeterRegistry());
      database = open;
    }
    return open;
  }

  public Jdbi jdbi() {
    return database().jdbi();
  }

  /** How to open it again, for instance as another instance of the same service. */
  public DatabaseConfig config() {
    return config;
  }

  /** Empties these tables, for tests that need a clean start within a class. */
  public void truncate(String... tables) {
    jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "truncate " + String.join(", ", tables) + " restart identity cascade"));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    database();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public synchronized void close() {
    Database open = database;
    if (open != null) {
      open.close();
      database = null;
    }
  }
}
