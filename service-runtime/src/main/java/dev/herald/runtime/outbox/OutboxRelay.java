package dev.herald.runtime.outbox;

import dev.herald.runtime.Backoff;
import dev.herald.runtime.Wake;
import dev.herald.runtime.crash.CrashPoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the rows of one topic from the outbox to a {@link Sender}: read the oldest, send, delete
 * what was taken. A crash between the last two sends them again, and so do several instances; that
 * is harmless because payloads are facts or states.
 *
 * <p>While the receiver does not answer, the relay waits longer and longer. When it refuses, the
 * batch is halved after each few failures until the row at fault stands alone; that row is set
 * aside and the others go on.
 */
public final class OutboxRelay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(5);
  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Backoff PAUSE = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
  // When this many rows are refused, the rows are not what is wrong.
  private static final int MAX_ASIDE = 100;

  private final OutboxStore store;
  private final String topic;
  private final Sender sender;
  private final Isolation isolation;
  private final Aside aside = new Aside();
  private final Wake wake = new Wake();
  private final Counter sent;
  private final Counter failures;
  private final Thread thread;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile OutboxStore.Backlog backlog = new OutboxStore.Backlog(0, Duration.ZERO);

  // Below: touched by the relay's thread only.
  private boolean measured;
  private long measuredNanos;
  private int failuresInARow;
  private boolean outage;

  public OutboxRelay(Jdbi jdbi, String topic, int batch, Sender sender, MeterRegistry metrics) {
    this.store = new OutboxStore(jdbi, topic);
    this.topic = topic;
    this.sender = sender;
    this.isolation = new Isolation(batch);
    this.sent = Counter.builder("herald.outbox.sent").tag("topic", topic).register(metrics);
    this.failures = Counter.builder("herald.outbox.failures").tag("topic", topic).register(metrics);
    Gauge.builder("herald.outbox.rows", this, relay -> relay.backlog.rows())
        .description("Rows waiting")
        .tag("topic", topic)
        .register(metrics);
    Gauge.builder("herald.outbox.age.seconds", this, relay -> relay.backlog.age().toMillis() / 1e3)
        .description("Age of the oldest row")
        .tag("topic", topic)
        .register(metrics);
    Gauge.builder("herald.outbox.aside", aside, Aside::size)
        .description("Rows the receiver keeps refusing")
        .tag("topic", topic)
        .register(metrics);
    this.thread = Thread.ofVirtual().name("outbox-" + topic).unstarted(this::run);
  }

  public OutboxRelay start() {
    thread.start();
    return this;
  }

  /** Something was committed: look now instead of at the next poll. */
  public void wake() {
    wake.call();
  }

  /** The rows set aside just now, for an operator to look at. */
  public List<AsideRow> aside() {
    return aside.rows();
  }

  /** Stops after the batch under way; what is left is sent by whoever starts next. */
  @Override
  public void close() {
    stopping = true;
    stopped.countDown();
    wake.call();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      if (!thread.join(STOP_WAIT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopping) {
      try {
        measure();
        if (!sendDueAside() && !sendOldest()) {
          wake.await(POLL);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // The table could not be read or written; the rows are where they were.
        noteFailure(e);
        pause();
      }
    }
  }

  private boolean sendOldest() {
    List<OutboxStore.Row> rows = store.oldest(isolation.batch(), aside.ids());
    if (rows.isEmpty()) {
      return false;
    }
    CrashPoint.reached("outbox.before-send");
    Optional<Exception> failure = attempt(rows);
    if (failure.isPresent()) {
      noteFailure(failure.get());
      isolate(rows, failure.get());
    } else {
      CrashPoint.reached("outbox.sent");
      store.delete(rows);
      CrashPoint.reached("outbox.deleted");
      noteSuccess(rows.size());
    }
    return true;
  }

  private void isolate(List<OutboxStore.Row> rows, Exception failure) {
    int attempts = isolation.failed(failure, rows.size());
    if (!isolation.isExhausted() || aside.size() >= MAX_ASIDE) {
      pause();
      return;
    }
    long id = rows.getFirst().id();
    aside.failed(id, attempts, failure, System.nanoTime());
    isolation.nextRow();
    log.error("Outbox row set aside topic={} id={} attempts={}", topic, id, attempts, failure);
  }

  private boolean sendDueAside() {
    Optional<AsideRow> due = aside.due(System.nanoTime());
    if (due.isEmpty()) {
      return false;
    }
    long id = due.get().id();
    List<OutboxStore.Row> rows = store.rows(List.of(id));
    if (rows.isEmpty()) {
      aside.forget(id); // Another instance has brought it to its receiver.
      return true;
    }
    Optional<Exception> failure = attempt(rows);
    if (failure.isPresent()) {
      failures.increment();
      aside.failed(id, 1, failure.get(), System.nanoTime());
    } else {
      store.delete(rows);
      aside.forget(id);
      sent.increment();
      log.info("Outbox row sent after all topic={} id={}", topic, id);
    }
    return true;
  }

  private Optional<Exception> attempt(List<OutboxStore.Row> rows) {
    try {
      sender.send(rows.stream().map(OutboxStore.Row::payload).toList());
      return Optional.empty();
    } catch (InterruptedException e) {
      stopping = true;
      return Optional.of(e);
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  private void noteSuccess(int rows) {
    sent.increment(rows);
    isolation.succeeded();
    if (outage) {
      // Rows set aside while nothing worked have done nothing wrong.
      aside.allDue(System.nanoTime());
      outage = false;
    }
    if (failuresInARow > 0) {
      log.info("Outbox goes on topic={} after_failures={}", topic, failuresInARow);
      failuresInARow = 0;
    }
  }

  // Once per run of failures; the counter tells of the rest.
  private void noteFailure(Exception failure) {
    failures.increment();
    outage |= Isolation.isOutage(failure);
    failuresInARow++;
    if (failuresInARow == 1) {
      log.warn("Outbox could not send, will try again topic={}", topic, failure);
    }
  }

  // New rows do not shorten this wait: a receiver that is down gets time to come back.
  private void pause() {
    try {
      if (stopped.await(PAUSE.after(failuresInARow).toMillis(), TimeUnit.MILLISECONDS)) {
        stopping = true;
      }
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  private void measure() {
    long now = System.nanoTime();
    if (!measured || now - measuredNanos > MEASURE_EVERY.toNanos()) {
      backlog = store.backlog();
      measuredNanos = now;
      measured = true;
    }
  }
}
