package dev.herald.gateway.webhook;

import dev.herald.gateway.webhook.Application.Outcome;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.database.DatabaseErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the webhooks logged in our own database: takes a batch, applies it, and marks those of
 * which everything was acknowledged. Any number of appliers may run, in any number of processes;
 * one that dies leaves its batch to the others when its lease has run out. A service that is away
 * merely makes the log longer.
 */
final class Applier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  private static final int MOST_BODIES = 500;
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final Duration IDLE = Duration.ofMillis(250);
  // Between batches that were not full: what comes in meanwhile goes in one batch, at a fraction of
  // the cost of many small ones, and is still applied well within a second.
  private static final Duration GATHER = Duration.ofMillis(40);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(25);
  private static final Backoff WAIT = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(3));
  private static final Backoff WAIT_ALONE =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2));
  private static final int SUSPECTS_EVERY = 8;
  private static final int PARK_EVERY = 16;

  private final PostgresWebhookLog webhookLog;
  private final QuarantineStore quarantine;
  private final Application application;
  private final Duration lease;
  private final Semaphore wake = new Semaphore(0);
  private final List<Thread> workers = new ArrayList<>();
  // Applied, but not marked so, for our database was away.
  private final Queue<Long> unmarked = new ConcurrentLinkedQueue<>();
  // Batches in a row that had to wait: the longer a service is away, the less often it is asked.
  private final AtomicInteger outages = new AtomicInteger();
  private volatile boolean stopping;

  Applier(
      PostgresWebhookLog webhookLog,
      QuarantineStore quarantine,
      Application application,
      int workers,
      Duration lease) {
    this.webhookLog = webhookLog;
    this.quarantine = quarantine;
    this.application = application;
    this.lease = lease;
    for (int i = 0; i < workers; i++) {
      this.workers.add(Thread.ofVirtual().name("webhook-applier-" + i).start(this::run));
    }
  }

  /** Says that there is something to apply. */
  void wake() {
    if (wake.availablePermits() < workers.size()) {
      wake.release();
    }
  }

  /** Finishes the batches under way. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    wake.release(workers.size());
    for (Thread worker : workers) {
      if (!worker.join(CLOSE_WAIT)) {
        worker.interrupt();
      }
    }
  }

  private void run() {
    int failures = 0;
    for (long round = 0; !stopping; round++) {
      try {
        boolean more = applyNext(round);
        failures = 0;
        if (!more) {
          rest(IDLE);
          Thread.sleep(GATHER);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        failures++;
        log.warn("Webhooks cannot be applied just now failures={}", failures, e);
        if (!restSafely(WAIT.after(failures))) {
          return;
        }
      }
    }
  }

  private void rest(Duration time) throws InterruptedException {
    if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  private boolean restSafely(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  // True if there may be more to take at once. A body beside which an applier has died is suspect:
  // it is taken alone, so that it can only take itself down, and often enough that a stream of
  // others does not keep it waiting.
  private boolean applyNext(long round) throws InterruptedException {
    giveBack();
    if (round % PARK_EVERY == 0 && webhookLog.park(quarantine) > 0) {
      log.error("A webhook was parked: the applier ended twice while it worked on it");
    }
    if (round % SUSPECTS_EVERY == 0 && applySuspect()) {
      return true;
    }
    // While a service is away one body asks for all of them.
    int most = outages.get() == 0 ? MOST_BODIES : 1;
    List<Claimed> batch = webhookLog.claim(0, most, MOST_BYTES, lease);
    if (batch.isEmpty()) {
      return applySuspect();
    }
    apply(batch);
    return isFull(batch) || applySuspect();
  }

  // This applier is alive and its bodies are no suspects: they need not wait for the lease to run
  // out.
  private void giveBack() {
    List<Long> ids = List.copyOf(unmarked);
    if (!ids.isEmpty()) {
      webhookLog.held(ids);
      unmarked.removeAll(ids);
    }
  }

  private boolean applySuspect() {
    List<Claimed> suspect = webhookLog.claim(1, 1, MOST_BYTES, lease);
    if (!suspect.isEmpty()) {
      apply(suspect);
    }
    return !suspect.isEmpty();
  }

  private static boolean isFull(List<Claimed> batch) {
    long bytes = batch.stream().mapToLong(body -> body.body().length).sum();
    return batch.size() == MOST_BODIES || bytes > MOST_BYTES / 2;
  }

  // Marks what is done, and puts the rest back.
  private void apply(List<Claimed> batch) {
    Outcome outcome = application.apply(batch);
    try {
      mark(outcome);
    } catch (JdbiException e) {
      if (DatabaseErrors.isAway(e)) {
        batch.forEach(body -> unmarked.add(body.id()));
      }
      throw e;
    }
    outages.updateAndGet(count -> outcome.waiting().isEmpty() ? 0 : count + 1);
  }

  private void mark(Outcome outcome) {
    List<Long> done = outcome.done();
    List<Long> waiting = List.copyOf(outcome.waiting());
    application.store(
        outcome,
        Set.copyOf(done),
        handle -> {
          webhookLog.applied(handle, done);
          if (!waiting.isEmpty()) {
            webhookLog.held(handle, waiting, WAIT.after(outages.get() + 1));
          }
          for (Claimed body : outcome.batch()) {
            if (outcome.failing().contains(body.id())) {
              webhookLog.failed(handle, body.id(), WAIT_ALONE.after(body.failures() + 1));
            }
          }
        });
  }
}
