package dev.herald.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.runtime.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.result.ResultIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("runtime");

  private final Jdbi jdbi = database.jdbi();

  record Item(long id, Optional<String> phone, Optional<Instant> noted) {}

  @Test
  void severalProcessesMayStartAtTheSameMoment() throws Exception {
    DatabaseConfig config = EmbeddedDatabases.fresh(2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> starts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        starts.add(
            () -> {
              try (Database opened = Database.open(config, "runtime", new SimpleMeterRegistry())) {
                return count(opened.jdbi(), "item");
              }
            });
      }
      for (Future<Long> start : threads.invokeAll(starts)) {
        assertThat(start.get()).isZero();
      }
    }
  }

  @Test
  void aSessionWorksInItsOwnSchemaWithTimeLimitsAndDurably() {
    assertThat(setting("search_path")).isEqualTo("runtime");
    assertThat(setting("statement_timeout")).isEqualTo("10s");
    assertThat(setting("lock_timeout")).isEqualTo("3s");
    assertThat(setting("idle_in_transaction_session_timeout")).isEqualTo("15s");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    assertThat(setting("timezone")).isEqualTo("UTC");
    assertThat(Integer.parseInt(setting("server_version_num"))).isGreaterThanOrEqualTo(180_000);
  }

  @Test
  void arraysOfAllKindsTravelInOneStatement() {
    Instant first = Instant.parse("2026-01-31T23:59:59.123456Z");
    Instant second = Instant.EPOCH;
    List<String> rows =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select concat_ws('|', i, n, s, t, d, b, encode(p, 'escape')) as line
                          from unnest(:longs, :ints, :texts, :times, :days, :flags, :payloads)
                               as given (i, n, s, t, d, b, p)
                        """)
                    .bind("longs", new long[] {1, 2})
                    .bind("ints", new int[] {3, 4})
                    .bind("texts", new String[] {"a,\"b\"", "ü"})
                    .bind("times", new Instant[] {first, second})
                    .bindArray("days", LocalDate.class, List.of(day(1), day(2)))
                    .bindArray("flags", Boolean.class, List.of(true, false))
                    .bindArray("payloads", byte[].class, List.of(bytes("x"), bytes("y")))
                    .mapTo(String.class)
                    .list());
    assertThat(rows)
        .containsExactly(
            "1|3|a,\"b\"|2026-01-31 23:59:59.123456+00|2026-01-01|t|x",
            "2|4|ü|1970-01-01 00:00:00+00|2026-01-02|f|y");
  }

  @Test
  void arraysComeBackAsJavaArrays() {
    jdbi.useHandle(
        handle -> {
          assertThat(one(handle.createQuery("select array[1, 2]::bigint[]").mapTo(long[].class)))
              .containsExactly(1, 2);
          assertThat(one(handle.createQuery("select array['a', 'b']").mapTo(String[].class)))
              .containsExactly("a", "b");
          assertThat(
                  one(
                      handle
                          .createQuery("select array['1970-01-01 00:00:00+00'::timestamptz]")
                          .mapTo(Instant[].class)))
              .containsExactly(Instant.EPOCH);
        });
  }

  @Test
  void recordsAndInstantsAreMapped() {
    Instant noted = Instant.parse("2026-01-31T23:59:59.123456Z");
    jdbi.useTransaction(
        tx -> {
          tx.execute("delete from item");
          tx.createUpdate("insert into item values (:id, :phone, :noted)")
              .bind("id", 1)
              .bindNull("phone", java.sql.Types.VARCHAR)
              .bind("noted", noted)
              .execute();
          assertThat(
                  tx.createQuery("select * from item").map(ConstructorMapper.of(Item.class)).list())
              .containsExactly(new Item(1, Optional.empty(), Optional.of(noted)));
        });
  }

  @Test
  void noErrorQuotesTheValuesOfARow() {
    String number = "919876543210";
    Throwable failure =
        catchThrowable(
            () ->
                jdbi.useTransaction(
                    tx -> {
                      tx.execute("insert into item (id, phone) values (?, ?)", 101, number);
                      tx.execute("insert into item (id, phone) values (?, ?)", 102, number);
                    }));
    assertThat(failure).hasStackTraceContaining("item_phone_key");
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain(number);
    }
    assertThat(DatabaseErrors.isDataError(failure)).isTrue();
    assertThat(DatabaseErrors.translate(failure)).isEmpty();
  }

  @Test
  void aTextThatCannotBeStoredIsTheCallersFault() {
    assertKind("insert into item (id, phone) values (1, ?)", "a\u0000b", Kind.INVALID);
  }

  @Test
  void aStatementThatTakesTooLongIsATimeout() {
    Throwable failure =
        catchThrowable(
            () ->
                jdbi.useTransaction(
                    tx -> {
                      tx.execute("set local statement_timeout = '20ms'");
                      tx.execute("select pg_sleep(10)");
                    }));
    assertThat(translated(failure).reason()).isEqualTo("DATABASE_TIMEOUT");
    assertThat(translated(failure).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aLockThatIsNotToBeHadIsBusy() {
    jdbi.useTransaction(
        holder -> {
          holder.execute("lock table item in access exclusive mode");
          Throwable failure =
              catchThrowable(
                  () -> {
                    // A handle of its own: on this thread JDBI would join the transaction.
                    try (var waiting = jdbi.open()) {
                      waiting.execute("set lock_timeout = '20ms'");
                      waiting.execute("select * from item");
                    }
                  });
          assertThat(translated(failure).reason()).isEqualTo("DATABASE_LOCKED");
        });
  }

  @Test
  void aBrokenConnectionIsAnOutageThatPasses() {
    DatabaseConfig config = EmbeddedDatabases.fresh(1);
    try (Database opened = Database.open(config, "runtime", new SimpleMeterRegistry())) {
      Throwable failure =
          catchThrowable(
              () ->
                  opened
                      .jdbi()
                      .useHandle(
                          handle -> {
                            EmbeddedDatabases.disconnect(config);
                            handle.execute("select 1");
                          }));
      assertThat(translated(failure).reason()).isEqualTo("DATABASE_UNAVAILABLE");
      assertThat(opened.reachable()).isTrue();
      assertThat(count(opened.jdbi(), "item")).isZero();
    }
  }

  @Test
  void anUnreachableDatabaseIsSaidAtStart() {
    DatabaseConfig nowhere =
        new DatabaseConfig("jdbc:postgresql://127.0.0.1:1/herald", "herald", new Secret("x"), 1);
    assertThatThrownBy(() -> Database.open(nowhere, "runtime", new SimpleMeterRegistry()))
        .hasMessageContaining("could not be migrated");
  }

  @Test
  void aPoolWithoutAFreeConnectionIsAnOutage() {
    DatabaseConfig config = EmbeddedDatabases.fresh(1);
    try (Database opened = Database.open(config, "runtime", new SimpleMeterRegistry());
        var ignored = opened.jdbi().open()) {
      Throwable failure = catchThrowable(() -> opened.jdbi().open());
      assertThat(translated(failure).reason()).isEqualTo("DATABASE_UNAVAILABLE");
    }
  }

  private void assertKind(String sql, String argument, Kind kind) {
    Throwable failure = catchThrowable(() -> jdbi.useHandle(h -> h.execute(sql, argument)));
    assertThat(translated(failure).kind()).isEqualTo(kind);
  }

  private static HeraldException translated(Throwable failure) {
    return DatabaseErrors.translate(failure).orElseThrow();
  }

  private String setting(String name) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select current_setting(:name)")
                .bind("name", name)
                .mapTo(String.class)
                .one());
  }

  private static long count(Jdbi jdbi, String table) {
    return jdbi.withHandle(
        handle -> handle.createQuery("select count(*) from " + table).mapTo(Long.class).one());
  }

  private static <T> T one(ResultIterable<T> results) {
    return results.one();
  }

  private static LocalDate day(int day) {
    return LocalDate.of(2026, 1, day);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
