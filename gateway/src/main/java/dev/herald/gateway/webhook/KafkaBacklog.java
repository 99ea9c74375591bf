package dev.herald.gateway.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What of a topic is not applied yet, by all gateways together. It looks for itself at the first
 * record that waits in each partition, so that it tells the truth also when nobody applies
 * anything.
 */
final class KafkaBacklog implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final Duration PEEK = Duration.ofSeconds(1);

  private final KafkaPositions positions;
  private final List<TopicPartition> partitions;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private Duration lag = Duration.ZERO;

  /** So many records wait, the first of each partition at these offsets. */
  record Waiting(long records, Map<TopicPartition, Long> first) {}

  KafkaBacklog(KafkaSettings settings, KafkaTopic topic, KafkaPositions positions) {
    this.positions = positions;
    this.partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(number -> new TopicPartition(topic.name(), number))
            .toList();
    this.consumer =
        new KafkaConsumer<>(
            settings.with(
                Map.of(
                    "enable.auto.commit",
                    false,
                    "auto.offset.reset",
                    "earliest",
                    "max.partition.fetch.bytes",
                    1,
                    "max.poll.records",
                    topic.partitions(),
                    "default.api.timeout.ms",
                    (int) DEADLINE.toMillis(),
                    "request.timeout.ms",
                    (int) DEADLINE.toMillis() - 1000)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Looks what waits, and how long the oldest of it has been waiting. */
  synchronized Waiting measure() {
    Map<Integer, Long> applied = positions.all();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> first = new HashMap<>();
    long records = 0;
    for (TopicPartition partition : partitions) {
      long start = starts.getOrDefault(partition, 0L);
      long next = Math.max(start, applied.getOrDefault(partition.partition(), start));
      long waiting = ends.getOrDefault(partition, next) - next;
      if (waiting > 0) {
        records += waiting;
        first.put(partition, next);
      }
    }
    lag = oldest(first);
    return new Waiting(records, first);
  }

  /** How long the oldest was waiting at the last measurement. */
  synchronized Duration lag() {
    return lag;
  }

  @Override
  public synchronized void close() {
    consumer.close();
  }

  private Duration oldest(Map<TopicPartition, Long> first) {
    consumer.assign(first.keySet());
    first.forEach(consumer::seek);
    Map<TopicPartition, Instant> seen = new HashMap<>();
    long end = System.nanoTime() + PEEK.toNanos();
    while (seen.size() < first.size() && System.nanoTime() < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        seen.putIfAbsent(partition, Instant.ofEpochMilli(record.timestamp()));
        consumer.pause(List.of(partition));
      }
    }
    consumer.unsubscribe();
    Instant now = Instant.now();
    return seen.values().stream()
        .map(time -> Duration.between(time, now))
        .filter(time -> !time.isNegative())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
