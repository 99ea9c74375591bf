package dev.herald.reliability.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A part of Herald as a process of its own, which can be ended as the kernel would end it. */
public final class Jvm {
  private static final Duration STOP = Duration.ofSeconds(70);
  private static final List<String> FLAGS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-Xshare:auto",
          "-Xss512k",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final String name;
  private final String mainClass;
  private final List<String> flags;
  private final Map<String, String> environment;
  private final URI ready;
  private final Path folder;
  private final Path log;
  private @Nullable Process process;
  private volatile boolean wanted;
  private volatile String ahead = "";
  private volatile int starts;

  /**
   * Does not start anything yet.
   *
   * @param ready answers 200 when the part can work
   */
  public Jvm(
      String name,
      String mainClass,
      List<String> flags,
      Map<String, String> environment,
      URI ready,
      Path folder) {
    this.name = name;
    this.mainClass = mainClass;
    this.flags = flags;
    this.environment = environment;
    this.ready = ready;
    this.folder = folder;
    this.log = folder.resolve(name + ".log");
  }

  /** Another process of the same program, with some settings changed. */
  Jvm copy(String name, Map<String, String> changed, URI ready) {
    Map<String, String> settings = new HashMap<>(environment);
    settings.putAll(changed);
    return new Jvm(name, mainClass, List.of(), settings, ready, folder);
  }

  public String name() {
    return name;
  }

  /** How often it was started; a program that starts over and over has a fault of its own. */
  public int starts() {
    return starts;
  }

  /** From its next start on it is the version with these files. */
  void release(Path files) {
    ahead = files + File.pathSeparator;
  }

  /** Whether somebody should start it again when it has ended. */
  boolean isMissing() {
    return wanted && !isAlive();
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  public synchronized void start() {
    wanted = true;
    if (isAlive()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.addAll(List.of("-cp", ahead + System.getProperty("java.class.path"), mainClass));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("HERALD_"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      process = builder.start();
      starts++;
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started", e);
    }
  }

  /** SIGKILL: no shutdown hook, no finally, no flush. Whoever looks after it starts it again. */
  public synchronized void kill() {
    if (process != null) {
      process.destroyForcibly();
      ended(process, STOP);
    }
  }

  /** SIGTERM, as a rolling restart does it; returns when it has ended. */
  public synchronized void terminate() {
    if (process != null) {
      process.destroy();
      if (!ended(process, STOP)) {
        throw new IllegalStateException(name + " does not stop; see " + log);
      }
    }
  }

  /** Ends it for good. */
  public void retire() {
    wanted = false;
    kill();
  }

  /** SIGSTOP: it holds its connections and locks, and does nothing. */
  public void freeze() {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("-CONT");
  }

  private synchronized void signal(String which) {
    if (process == null || !process.isAlive()) {
      return;
    }
    try {
      new ProcessBuilder("kill", which, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public synchronized long pid() {
    return process == null ? 0 : process.pid();
  }

  /** Returns when it can work; fails if that takes too long. */
  public void awaitReady(HttpClient http, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isReady(http)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(name + " did not become ready; see " + log);
      }
      LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
    }
  }

  private boolean isReady(HttpClient http) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(2)).GET().build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static boolean ended(Process process, Duration patience) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
