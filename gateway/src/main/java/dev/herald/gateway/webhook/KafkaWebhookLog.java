package dev.herald.gateway.webhook;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.trace.Traceparent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhook log as a Kafka topic. A record is one body as WhatsApp sent it; its headers say by
 * which address it came and carry WhatsApp's signature. It has no key: in what order webhooks are
 * applied does not matter, and so no partition is busier than another.
 */
final class KafkaWebhookLog implements WebhookLog, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaWebhookLog.class);

  private static final String CHANNEL = "channel-id";
  private static final String SIGNATURE = "signature";

  // Within them the broker has acknowledged, or WhatsApp is told to come back.
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration REQUEST = Duration.ofSeconds(4);
  private static final Duration CLOSE = Duration.ofSeconds(15);

  private static final int TOPIC_BITS = 11;
  private static final int PARTITION_BITS = 12;
  private static final int OFFSET_BITS = 40;

  private final KafkaTopic topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaBacklog backlog;

  KafkaWebhookLog(KafkaSettings settings, KafkaTopic topic, KafkaPositions positions) {
    this.topic = topic;
    this.backlog = new KafkaBacklog(settings, topic, positions);
    this.producer =
        new KafkaProducer<>(
            settings.with(
                Map.of(
                    "acks",
                    "all",
                    "enable.idempotence",
                    true,
                    // The intake gathers what comes in while a batch is on its way.
                    "linger.ms",
                    0,
                    "max.request.size",
                    KafkaTopic.MOST_RECORD_BYTES,
                    "buffer.memory",
                    2L * WebhookIntake.ROOM_KIB * 1024,
                    "max.block.ms",
                    REQUEST.toMillis(),
                    "request.timeout.ms",
                    (int) REQUEST.toMillis(),
                    "delivery.timeout.ms",
                    (int) DEADLINE.toMillis())),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @Override
  public void append(List<Received> bodies) {
    long end = System.nanoTime() + DEADLINE.plus(REQUEST).toNanos();
    try {
      List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
      for (Received received : bodies) {
        acknowledgements.add(producer.send(record(received)));
      }
      for (Future<RecordMetadata> acknowledgement : acknowledgements) {
        acknowledgement.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      log.warn("Kafka has not acknowledged webhooks bodies={}", bodies.size(), e);
      throw notAcknowledged();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notAcknowledged();
    }
  }

  @Override
  public long pending(long limit) {
    return Math.min(limit, backlog.measure().records());
  }

  @Override
  public Duration lag() {
    return backlog.lag();
  }

  /** What a record says; all that is needed to apply it. */
  Claimed read(ConsumerRecord<byte[], byte[]> record) {
    byte[] body = record.value() == null ? new byte[0] : record.value();
    return new Claimed(
        id(record.partition(), record.offset()),
        Instant.ofEpochMilli(record.timestamp()),
        channel(record.headers()),
        0,
        body,
        text(record.headers(), Traceparent.NAME));
  }

  @Override
  public void close() {
    backlog.close();
    producer.close(CLOSE);
  }

  private ProducerRecord<byte[], byte[]> record(Received received) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic.name(), null, null, received.body());
    record
        .headers()
        .add(CHANNEL, Long.toString(received.channelId()).getBytes(StandardCharsets.US_ASCII))
        .add(SIGNATURE, received.signature().getBytes(StandardCharsets.ISO_8859_1));
    if (!received.trace().isEmpty()) {
      record.headers().add(Traceparent.NAME, received.trace().getBytes(StandardCharsets.US_ASCII));
    }
    return record;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? ""
        : new String(header.value(), StandardCharsets.US_ASCII);
  }

  // A record that somebody else has put there is of the operator's app, if of any.
  private static long channel(Headers headers) {
    try {
      return Long.parseLong(text(headers, CHANNEL));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  // Where it stands is who it is, for every attempt. Ids of our own database are positive.
  private long id(int partition, long offset) {
    long where = topic.id().hashCode() & ((1L << TOPIC_BITS) - 1);
    where = where << PARTITION_BITS | partition;
    where = where << OFFSET_BITS | (offset & ((1L << OFFSET_BITS) - 1));
    return -1 - where;
  }

  private static HeraldException notAcknowledged() {
    return HeraldException.unavailable(
        "WEBHOOK_LOG_UNAVAILABLE", "The webhook cannot be stored just now.");
  }
}
