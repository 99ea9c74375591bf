package dev.herald.gateway.testing;

import dev.herald.kafka.KafkaBroker;
import dev.herald.runtime.process.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;

/** One Kafka broker per JVM, started when first asked for. Every request gets its own topic. */
public final class Broker {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private Broker() {}

  /** A value of HERALD_WEBHOOK_LOG: the broker, and a topic that is not there yet. */
  public static String freshTopic() {
    return "kafka:" + Server.INSTANCE.address() + "/webhooks-" + TOPICS.incrementAndGet();
  }

  /** A broker of one's own, to be killed. */
  public static KafkaBroker start() {
    try {
      return KafkaBroker.start(
          Files.createTempDirectory("herald-kafka"), FreePorts.next(), FreePorts.next());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Server {
    static final KafkaBroker INSTANCE = Broker.start();
  }
}
