package dev.herald.kafka;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka broker (KRaft, broker and controller in one) as a process of its own. It keeps its data
 * over a kill and a new start, and ends with this process at the latest.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int port;
  private final Path data;
  private final Path properties;
  private final Path log;
  private @Nullable Process process;

  private KafkaBroker(Path folder, int port, int controllerPort) throws IOException {
    this.port = port;
    this.data = folder.resolve("kafka");
    this.properties = folder.resolve("kafka.properties");
    this.log = folder.resolve("kafka.log");
    Files.writeString(properties, properties(port, controllerPort));
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /** Starts a broker with an empty log on these ports of the loopback; it is ready on return. */
  public static KafkaBroker start(Path folder, int port, int controllerPort) throws IOException {
    KafkaBroker broker = new KafkaBroker(folder, port, controllerPort);
    broker.start();
    return broker;
  }

  /** What a client is told to connect to. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Starts the broker if it does not run, and returns when it can be used. */
  public synchronized void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=kafka-broker-logback.xml",
            "-cp",
            classPath(),
            BrokerMain.class.getName(),
            properties.toString(),
            data.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Process started = builder.start();
      process = started;
      awaitReady(started);
    } catch (IOException e) {
      throw new UncheckedIOException("The broker cannot be started", e);
    }
  }

  /** SIGKILL. */
  public synchronized void kill() {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void awaitReady(Process started) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isListening()) {
      if (!started.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("The broker did not become ready; see " + log);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // Our own classes and the libraries that the build has written down.
  private static String classPath() {
    try (InputStream libraries = KafkaBroker.class.getResourceAsStream("/kafka-broker.classpath")) {
      if (libraries == null) {
        throw new IllegalStateException("The build has not written kafka-broker.classpath.");
      }
      String own = Path.of(location().toURI()).toString();
      String rest = new String(libraries.readAllBytes(), StandardCharsets.UTF_8).strip();
      return own + File.pathSeparator + rest;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static URL location() {
    return KafkaBroker.class.getProtectionDomain().getCodeSource().getLocation();
  }

  private String properties(int client, int controller) {
    return String.join(
        "\n",
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + controller,
            "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                .formatted(client, controller),
            "advertised.listeners=PLAINTEXT://127.0.0.1:" + client,
            "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs=" + data,
            "auto.create.topics.enable=false",
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            // Known to be dead soon after a kill, so that it may come back soon.
            "broker.heartbeat.interval.ms=300",
            "broker.session.timeout.ms=2000",
            "num.network.threads=1",
            "num.io.threads=2",
            "log.cleaner.dedupe.buffer.size=1048577",
            ""));
  }
}
