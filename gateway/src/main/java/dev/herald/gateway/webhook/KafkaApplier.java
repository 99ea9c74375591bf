package dev.herald.gateway.webhook;

import dev.herald.gateway.webhook.Application.Outcome;
import dev.herald.gateway.webhook.KafkaPositions.Position;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import dev.herald.runtime.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the webhooks logged in Kafka. The appliers of all gateways are one consumer group; each
 * partition is one applier's at a time, and only speed depends on that: how far a partition is
 * applied stands in our own database, moves in the transaction that stores what came of a batch,
 * and only if nobody else has moved it.
 *
 * <p>That a batch is begun is written down before anything of it is parsed. Who finds a batch that
 * was begun and not finished hands its bodies to the {@link Applier}, which takes each alone and
 * parks the one that ends it again. A body on which a service chokes goes there, too, so that it
 * does not hold up those behind it.
 */
final class KafkaApplier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KafkaApplier.class);

  private static final int MOST_BODIES = 500;
  private static final int MOST_BYTES = 8 * 1024 * 1024;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration GATHER = Duration.ofMillis(40);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(25);
  private static final Backoff WAIT = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(3));

  // So often a partition waits for a service because of one body; then that body waits elsewhere.
  private static final int MOST_WAITS = 12;

  private final KafkaSettings settings;
  private final KafkaTopic topic;
  private final KafkaWebhookLog webhookLog;
  private final KafkaPositions positions;
  private final PostgresWebhookLog aside;
  private final Jdbi jdbi;
  private final Application application;
  private final Runnable wakeAside;
  private final List<Worker> workers = new ArrayList<>();
  private volatile boolean stopping;

  KafkaApplier(
      KafkaSettings settings,
      KafkaTopic topic,
      KafkaWebhookLog webhookLog,
      KafkaPositions positions,
      PostgresWebhookLog aside,
      Jdbi jdbi,
      Application application,
      Runnable wakeAside,
      int workers) {
    this.settings = settings;
    this.topic = topic;
    this.webhookLog = webhookLog;
    this.positions = positions;
    this.aside = aside;
    this.jdbi = jdbi;
    this.application = application;
    this.wakeAside = wakeAside;
    for (int i = 0; i < workers; i++) {
      this.workers.add(new Worker("webhook-consumer-" + i));
    }
  }

  /** Finishes the batches under way and leaves the group, so that others go on at once. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    for (Worker worker : workers) {
      if (!worker.thread.join(CLOSE_WAIT)) {
        worker.thread.interrupt();
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        settings.with(
            Map.of(
                "group.id",
                settings.group(),
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                MOST_BODIES,
                "fetch.max.bytes",
                MOST_BYTES,
                "max.partition.fetch.bytes",
                MOST_BYTES / 2,
                "max.poll.interval.ms",
                600_000,
                // One that has died is replaced soon; a slow one keeps its place by its heartbeats.
                "session.timeout.ms",
                10_000,
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** What one applier of a partition has before it, without what others have done already. */
  private record Batch(Position position, List<ConsumerRecord<byte[], byte[]>> records) {}

  /** One member of the group. */
  private final class Worker {
    private final Thread thread;
    // Batches in a row that had to wait for a service.
    private int outages;
    private int waits;

    Worker(String name) {
      this.thread = Thread.ofVirtual().name(name).start(this::run);
    }

    private void run() {
      int failures = 0;
      while (!stopping) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
          consumer.subscribe(List.of(topic.name()), new GoOn(consumer));
          while (!stopping) {
            round(consumer);
            failures = 0;
          }
        } catch (InterruptedException e) {
          return;
        } catch (RuntimeException e) {
          failures++;
          log.warn("Webhooks cannot be applied just now failures={}", failures, e);
          if (!rest(WAIT.after(failures))) {
            return;
          }
        }
      }
    }

    private void round(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      boolean waited = false;
      for (TopicPartition partition : records.partitions()) {
        List<ConsumerRecord<byte[], byte[]>> found = records.records(partition);
        // While a service is away one body asks for all of them.
        List<ConsumerRecord<byte[], byte[]>> taken = outages == 0 ? found : found.subList(0, 1);
        long next = stopping ? found.getFirst().offset() : apply(partition, taken);
        if (next != found.getLast().offset() + 1) {
          consumer.seek(partition, next);
        }
        consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(next)), null);
        waited |= outages > 0;
      }
      if (waited) {
        Thread.sleep(WAIT.after(outages));
      } else if (records.count() < MOST_BODIES / 2) {
        Thread.sleep(GATHER);
      }
    }

    // The first offset that is not applied then.
    private long apply(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
      Batch batch = jdbi.inTransaction(handle -> begin(handle, partition.partition(), records));
      if (batch.records().isEmpty()) {
        return batch.position().next();
      }
      List<Claimed> bodies = batch.records().stream().map(webhookLog::read).toList();
      Outcome outcome = application.apply(bodies);
      boolean patient = !outcome.waiting().isEmpty() && ++waits < MOST_WAITS;
      int end = 0;
      while (end < bodies.size()
          && !(patient && outcome.waiting().contains(bodies.get(end).id()))) {
        end++;
      }
      finish(batch, outcome, bodies.subList(0, end));
      outages = outcome.waiting().isEmpty() ? 0 : outages + 1;
      waits = patient ? waits : 0;
      return end < bodies.size()
          ? batch.records().get(end).offset()
          : batch.records().getLast().offset() + 1;
    }

    private boolean rest(Duration time) {
      try {
        Thread.sleep(time);
        return true;
      } catch (InterruptedException e) {
        return false;
      }
    }
  }

  // Writes down that these are begun. Those begun before and not finished go aside.
  private Batch begin(Handle handle, int partition, List<ConsumerRecord<byte[], byte[]>> records) {
    long first = records.getFirst().offset();
    Position found = positions.lock(handle, partition, first);
    if (first > found.next()) {
      log.error(
          "Kafka has dropped webhooks before they were applied partition={} from={} to={}",
          partition,
          found.next(),
          first);
    }
    long next = Math.max(found.next(), first);
    long end = Math.max(next, records.getLast().offset() + 1);
    List<Claimed> suspects = new ArrayList<>();
    List<ConsumerRecord<byte[], byte[]>> fresh = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() >= Math.max(next, found.begun())) {
        fresh.add(record);
      } else if (record.offset() >= next) {
        suspects.add(webhookLog.read(record));
      }
    }
    if (!suspects.isEmpty()) {
      log.warn(
          "An applier ended while it worked on webhooks; each is applied alone partition={}"
              + " bodies={}",
          partition,
          suspects.size());
      aside.takeOver(handle, suspects, 1, Duration.ZERO);
      next = Math.min(end, Math.max(next, found.begun()));
    }
    Position begun = new Position(partition, next, Math.max(end, found.begun()));
    positions.move(handle, found, begun);
    return new Batch(begun, fresh);
  }

  // Those that are settled are either done or wait elsewhere; the position moves behind them.
  private void finish(Batch batch, Outcome outcome, List<Claimed> settled) {
    List<Claimed> waiting =
        settled.stream().filter(body -> outcome.waiting().contains(body.id())).toList();
    List<Claimed> failing =
        settled.stream()
            .filter(body -> outcome.failing().contains(body.id()))
            .map(KafkaApplier::failedOnce)
            .toList();
    Set<Long> done =
        settled.stream()
            .map(Claimed::id)
            .filter(id -> !outcome.waiting().contains(id) && !outcome.failing().contains(id))
            .collect(Collectors.toSet());
    long next =
        settled.size() == batch.records().size()
            ? batch.position().begun()
            : batch.records().get(settled.size()).offset();
    Position behind = new Position(batch.position().partition(), next, next);
    application.store(
        outcome,
        done,
        handle -> {
          aside.takeOver(handle, waiting, 0, WAIT.limit());
          aside.takeOver(handle, failing, 0, WAIT.limit());
          if (!positions.move(handle, batch.position(), behind)) {
            throw new CommitFailedException(
                "Somebody else has gone on with partition " + behind.partition());
          }
        });
    if (!waiting.isEmpty() || !failing.isEmpty()) {
      wakeAside.run();
    }
  }

  private static Claimed failedOnce(Claimed body) {
    return new Claimed(
        body.id(), body.receiveTime(), body.channelId(), 1, body.body(), body.trace());
  }

  /** A partition that is ours from now on goes on where our own database says. */
  private final class GoOn implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> consumer;

    GoOn(KafkaConsumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
      for (TopicPartition partition : assigned) {
        OptionalLong next = positions.next(partition.partition());
        long end = ends.getOrDefault(partition, Long.MAX_VALUE);
        if (next.isPresent() && next.getAsLong() > end) {
          log.error(
              "Kafka has lost webhooks that were applied; all it has are applied again"
                  + " partition={}",
              partition.partition());
          positions.forget(partition.partition());
          consumer.seekToBeginning(List.of(partition));
        } else if (next.isPresent()) {
          consumer.seek(partition, next.getAsLong());
        } else {
          consumer.seekToBeginning(List.of(partition));
        }
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      // Nothing is under way between two polls.
    }
  }
}
