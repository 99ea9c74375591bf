package dev.herald.reliability.stack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL 18 as a process of its own, durable as in production: fsync and synchronous commits
 * are on.
 */
public final class Postgres implements AutoCloseable {
  public static final String DATABASE = "herald";
  private static final Duration START = Duration.ofSeconds(60);
  private static final List<String> SCHEMAS =
      List.of("billing", "analytics", "campaign", "gateway");

  private final Path data;
  private final Path binaries;
  private final Path log;
  private final int port;
  private @Nullable Process server;

  private Postgres(Path data, Path binaries, Path log, int port) {
    this.data = data;
    this.binaries = binaries;
    this.log = log;
    this.port = port;
  }

  /** A new, empty cluster in this folder, with a role and a schema for each service. */
  public static Postgres create(Path folder, int port, String password) throws IOException {
    Path data = folder.resolve("postgresql");
    Path extracted = Path.of(System.getProperty("java.io.tmpdir"), "herald-reliability-postgresql");
    EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setOverrideWorkingDirectory(extracted.toFile())
        .setPort(port)
        .start()
        .close();
    Postgres postgres =
        new Postgres(data, binaries(extracted), folder.resolve("postgresql.log"), port);
    Files.createDirectories(postgres.archive());
    postgres.start();
    postgres.createRoles(password);
    return postgres;
  }

  private static Path binaries(Path extracted) throws IOException {
    try (Stream<Path> files = Files.find(extracted, 6, (path, it) -> path.endsWith("bin/pg_ctl"))) {
      return Objects.requireNonNull(files.findFirst().orElseThrow().getParent());
    }
  }

  public int port() {
    return port;
  }

  public Path data() {
    return data;
  }

  static String role(String schema) {
    return "herald_" + schema;
  }

  /** A connection of the superuser, past all services and proxies. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE + "?connectTimeout=5",
        "postgres",
        "");
  }

  /** The same, seeing one moment until it is closed. */
  public Connection snapshot() throws SQLException {
    Connection connection = connect();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    return connection;
  }

  /** Names this moment, so that a restore can go back to it. */
  public void restorePoint(String name) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_create_restore_point('" + name + "')");
      statement.execute("select pg_switch_wal()");
    }
  }

  /** Ends the present file of the log, so that another is needed. */
  public void useUpLog() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists public.filler (id bigint)");
      statement.execute("insert into public.filler select generate_series(1, 2000)");
      statement.execute("select pg_switch_wal()");
    } catch (SQLException e) {
      // No space left, or down for want of it.
      return;
    }
  }

  /** Whether it has said that it could not write, since it was created. */
  public boolean hasRunOutOfSpace() {
    try {
      return Files.readString(log).contains("No space left on device");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes back to a named moment after the backup; the server must have ended. */
  public synchronized void restore(Backup backup, String restorePoint) throws IOException {
    backup.putInPlaceOf(data);
    start(
        List.of(
            "restore_command=cp " + archive() + "/%f %p",
            "recovery_target_name=" + restorePoint,
            "recovery_target_action=promote"));
  }

  private Path archive() {
    return data.resolveSibling("archive");
  }

  public synchronized void start() {
    start(List.of());
  }

  private void start(List<String> more) {
    List<String> command = command("postgres");
    command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
    List<String> settings = new ArrayList<>(more);
    settings.addAll(
        List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=64MB",
            "max_wal_size=1GB",
            "archive_mode=on",
            "archive_command=test ! -f " + archive() + "/%f && cp %p " + archive() + "/%f",
            "log_min_messages=warning"));
    for (String setting : settings) {
      command.addAll(List.of("-c", setting));
    }
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        if (server == null || !server.isAlive()) {
          server = process(command).start();
        }
        if (isUp()) {
          return;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("PostgreSQL does not start; see " + log);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  // As root it runs in a user namespace of its own, since PostgreSQL refuses to be root.
  private List<String> command(String program) {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries.resolve(program).toString());
    return command;
  }

  private ProcessBuilder process(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private boolean isUp() {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=5",
                "postgres",
                "");
        Statement statement = connection.createStatement()) {
      return statement.execute("select 1");
    } catch (SQLException e) {
      return false;
    }
  }

  /** SIGKILL of the postmaster: its children notice and end, nothing is flushed. */
  public synchronized void kill() {
    end(Process::destroyForcibly);
  }

  /** An immediate shutdown: like a power cut, but announced to the clients. */
  public synchronized void stopImmediately() {
    end(process -> signal(process.pid(), "-QUIT"));
  }

  /** SIGKILL of one backend, as the kernel does when memory is short: all others restart. */
  public synchronized void killBackend(int which) {
    if (server != null) {
      List<ProcessHandle> backends =
          server
              .children()
              .filter(
                  child ->
                      child
                          .info()
                          .commandLine()
                          .map(line -> line.contains("herald_"))
                          .orElse(false))
              .toList();
      if (!backends.isEmpty()) {
        backends.get(Math.floorMod(which, backends.size())).destroyForcibly();
      }
    }
  }

  private interface Ending {
    void end(Process process);
  }

  private void end(Ending ending) {
    if (server == null) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    all.add(server.toHandle());
    ending.end(server);
    for (ProcessHandle process : all) {
      try {
        process.onExit().get(START.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        throw new IllegalStateException("PostgreSQL does not end", e);
      }
    }
    server = null;
  }

  private static void signal(long pid, String which) {
    try {
      new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void createRoles(String password) {
    try (Connection admin =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "");
        Statement statement = admin.createStatement()) {
      statement.execute("create database " + DATABASE);
      for (String schema : SCHEMAS) {
        statement.execute("create role " + role(schema) + " login password '" + password + "'");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    try (Connection admin = connect();
        Statement statement = admin.createStatement()) {
      for (String schema : SCHEMAS) {
        statement.execute("create schema " + schema + " authorization " + role(schema));
      }
      statement.execute("revoke all on schema public from public");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() {
    end(process -> signal(process.pid(), "-INT"));
  }
}
