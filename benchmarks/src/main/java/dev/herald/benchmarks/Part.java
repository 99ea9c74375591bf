package dev.herald.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of Herald as a process of its own. */
final class Part implements AutoCloseable {
  /** In the settings: the name of the setting that is the port on which it says it is ready. */
  static final String READY = "ready";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 10;
  private static final long STOP_SECONDS = 75;

  private final Process process;
  private final URI ready;
  private final Path log;
  private final long begin;

  private Part(Process process, URI ready, Path log, long begin) {
    this.process = process;
    this.ready = ready;
    this.log = log;
    this.begin = begin;
  }

  static Part start(Class<?> main, List<String> flags, Map<String, String> settings)
      throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    String port = environment.get(environment.remove(READY));
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(flags);
    command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
    Path log = Files.createTempFile(main.getSimpleName(), ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    long begin = System.nanoTime();
    return new Part(
        builder.start(), URI.create("http://127.0.0.1:" + port + "/readyz"), log, begin);
  }

  /** From the start of the process, to {@link #LOOK_MILLIS} exact. */
  double millisUntilReady() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (System.nanoTime() - begin < PATIENCE.toNanos()) {
        if (!process.isAlive()) {
          break;
        }
        if (isReady(http)) {
          return (System.nanoTime() - begin) / 1e6;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    throw new IllegalStateException("It is not ready. Its log:\n" + Files.readString(log));
  }

  /** Waits until the program has printed this. */
  void awaitPrinted(String text) throws IOException, InterruptedException {
    while (!Files.readString(log).contains(text)) {
      if (!process.isAlive() || System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "It has not printed " + text + ":\n" + Files.readString(log));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private boolean isReady(HttpClient http) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(2)).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the process holds of real memory; Linux only. */
  long residentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws InterruptedException, IOException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    Files.deleteIfExists(log);
  }
}
