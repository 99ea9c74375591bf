package dev.herald.gateway.webhook;

import dev.herald.gateway.subscription.EventLog;
import dev.herald.gateway.webhook.Deliveries.Rejection;
import dev.herald.gateway.webhook.Interpretation.Traced;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.crash.CrashPoint;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies logged webhooks: takes a batch, finds out what each body means, passes that on, and marks
 * as applied those of which everything was acknowledged. Any number of appliers may run, in any
 * number of processes; one that dies leaves its batch to the others when its lease has run out.
 *
 * <p>Everything passed on may be passed on again. So nothing here needs to be exactly once, only at
 * least once, and a service that is away merely makes the log longer.
 */
final class Applier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  private static final int MOST_BODIES = 500;
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int MOST_CALL_BYTES = 2 * 1024 * 1024;
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

  /**
   * After so many failures in a row of a service that answers, the fault is taken to be the body's.
   */
  private static final int MOST_FAILURES = 10;

  private final Jdbi jdbi;
  private final WebhookLog webhookLog;
  private final QuarantineStore quarantine;
  private final Interpreter interpreter;
  private final Deliveries deliveries;
  private final EventLog events;
  private final Duration lease;
  private final Semaphore wake = new Semaphore(0);
  private final List<Thread> workers = new ArrayList<>();
  private final Counter applied;
  private final Counter held;
  private final Counter quarantined;
  // Batches in a row that had to wait: the longer a service is away, the less often it is asked.
  private final AtomicInteger outages = new AtomicInteger();
  private volatile boolean stopping;

  Applier(
      Jdbi jdbi,
      WebhookLog webhookLog,
      QuarantineStore quarantine,
      Interpreter interpreter,
      Deliveries deliveries,
      EventLog events,
      int workers,
      Duration lease,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.webhookLog = webhookLog;
    this.quarantine = quarantine;
    this.interpreter = interpreter;
    this.deliveries = deliveries;
    this.events = events;
    this.lease = lease;
    this.applied = metrics.counter("herald.webhook.bodies", "outcome", "applied");
    this.held = metrics.counter("herald.webhook.bodies", "outcome", "held");
    this.quarantined = metrics.counter("herald.webhook.elements", "outcome", "quarantined");
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
    if (round % PARK_EVERY == 0 && webhookLog.park(quarantine) > 0) {
      log.error("A webhook was parked: the applier ended twice while it worked on it");
    }
    if (round % SUSPECTS_EVERY == 0) {
      List<Claimed> suspect = webhookLog.claim(1, 1, MOST_BYTES, lease);
      if (!suspect.isEmpty()) {
        apply(suspect);
        return true;
      }
    }
    // While a service is away one body asks for all of them.
    int most = outages.get() == 0 ? MOST_BODIES : 1;
    List<Claimed> batch = webhookLog.claim(0, most, MOST_BYTES, lease);
    if (!batch.isEmpty()) {
      apply(batch);
    }
    return isFull(batch);
  }

  private static boolean isFull(List<Claimed> batch) {
    long bytes = batch.stream().mapToLong(body -> body.body().length).sum();
    return batch.size() == MOST_BODIES || bytes > MOST_BYTES / 2;
  }

  private void apply(List<Claimed> batch) {
    CrashPoint.reached("gateway.apply.claimed");
    Attempt attempt = new Attempt();
    List<Interpretation> meanings = new ArrayList<>();
    for (Claimed body : batch) {
      attempt.guarded(body, () -> meanings.add(interpret(body, attempt)));
    }
    attempt.deliver(
        meanings.stream().flatMap(meaning -> meaning.evidence().stream()).toList(),
        Deliveries.MOST_EVIDENCE,
        evidence -> evidence.getSerializedSize(),
        deliveries::evidence);
    attempt.deliver(
        meanings.stream().flatMap(meaning -> meaning.events().stream()).toList(),
        Deliveries.MOST_EVENTS,
        event -> event.getSerializedSize(),
        deliveries::events);
    for (Interpretation meaning : meanings) {
      if (!meaning.unattributed().isEmpty()) {
        attempt.guarded(
            meaning.source(),
            () -> deliveries.unattributed(batchId(meaning.source()), meaning.unattributed()));
      }
    }
    CrashPoint.reached("gateway.apply.delivered");
    attempt.finish(batch, meanings);
    CrashPoint.reached("gateway.apply.committed");
  }

  private Interpretation interpret(Claimed body, Attempt attempt) {
    try {
      Interpretation meaning = interpreter.interpret(body);
      attempt.faults.addAll(meaning.faults());
      return meaning;
    } catch (HeraldException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      log.error("A webhook could not be interpreted webhook={}", body.id(), e);
      Fault fault = Fault.ofBody(body, "BODY_INVALID", e.getClass().getSimpleName());
      attempt.faults.add(fault);
      return Interpretation.ofNothing(body, List.of());
    }
  }

  // The same for every attempt, so that analytics counts a body's statuses once.
  private static String batchId(Claimed body) {
    return "webhook-" + body.id() + "-" + body.receiveTime().toEpochMilli();
  }

  /** One attempt at a batch: what was not understood, and which bodies have to wait. */
  private final class Attempt {
    private final List<Fault> faults = new ArrayList<>();
    private final Set<Long> waiting = new HashSet<>();
    private final Set<Long> failing = new HashSet<>();
    private final Set<Traced<?>> rejected = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Does something for one body; if a service is away, the body waits. */
    void guarded(Claimed body, Runnable step) {
      try {
        step.run();
      } catch (HeraldException e) {
        judge(e, List.of(body));
      }
    }

    /** Passes elements on in calls of bounded size. */
    <T> void deliver(
        List<Traced<T>> elements,
        int most,
        ToIntFunction<T> size,
        Function<List<T>, List<Rejection>> call) {
      List<Traced<T>> chunk = new ArrayList<>();
      int bytes = 0;
      for (Traced<T> element : elements) {
        chunk.add(element);
        bytes += size.applyAsInt(element.value());
        if (chunk.size() == most || bytes >= MOST_CALL_BYTES) {
          deliver(chunk, call);
          chunk = new ArrayList<>();
          bytes = 0;
        }
      }
      if (!chunk.isEmpty()) {
        deliver(chunk, call);
      }
    }

    private <T> void deliver(List<Traced<T>> chunk, Function<List<T>, List<Rejection>> call) {
      try {
        for (Rejection no : call.apply(chunk.stream().map(Traced::value).toList())) {
          if (no.index() >= 0 && no.index() < chunk.size()) {
            reject(chunk.get(no.index()), no.reason(), no.message());
          }
        }
      } catch (HeraldException e) {
        boolean mayBeData = Deliveries.isFaultOfData(e) || e.kind() == Kind.INTERNAL;
        if (!mayBeData || bodies(chunk).size() == 1) {
          refused(chunk, e);
        } else {
          // One of them may be at fault: each is tried by itself.
          bodies(chunk).values().forEach(ofOneBody -> deliver(ofOneBody, call));
        }
      }
    }

    private <T> void refused(List<Traced<T>> chunk, HeraldException error) {
      if (Deliveries.isFaultOfData(error)) {
        chunk.forEach(element -> reject(element, error.reason(), error.message()));
      } else {
        judge(error, chunk.stream().map(Traced::source).distinct().toList());
      }
    }

    private void reject(Traced<?> element, String reason, String message) {
      faults.add(element.fault(reason, message));
      rejected.add(element);
    }

    private void judge(HeraldException error, List<Claimed> bodies) {
      boolean answered = error.kind() == Kind.INTERNAL && bodies.size() == 1;
      for (Claimed body : bodies) {
        if (Deliveries.isFaultOfData(error)) {
          faults.add(Fault.ofBody(body, error.reason(), error.message()));
        } else if (!answered) {
          waiting.add(body.id());
        } else if (body.failures() + 1 >= MOST_FAILURES) {
          faults.add(Fault.ofBody(body, "SERVICE_FAILED", error.message()));
        } else {
          failing.add(body.id());
        }
      }
      log.warn(
          "Webhooks wait: a service did not take them kind={} reason={} bodies={}",
          error.kind(),
          error.reason(),
          bodies.size());
    }

    /**
     * Marks what is done, tells of it, stores what was not understood, and puts the rest back, in
     * one transaction.
     */
    void finish(List<Claimed> batch, List<Interpretation> meanings) {
      List<Long> done = new ArrayList<>();
      for (Claimed body : batch) {
        if (!waiting.contains(body.id()) && !failing.contains(body.id())) {
          done.add(body.id());
        }
      }
      jdbi.useTransaction(
          handle -> {
            quarantine.insert(handle, faults);
            webhookLog.applied(handle, done);
            Happening.tell(events, handle, happenings(meanings, Set.copyOf(done)));
            CrashPoint.reached("gateway.apply.before-commit");
            if (!waiting.isEmpty()) {
              webhookLog.held(handle, List.copyOf(waiting), WAIT.after(outages.get() + 1));
            }
            for (Claimed body : batch) {
              if (failing.contains(body.id()) && !waiting.contains(body.id())) {
                webhookLog.failed(handle, body.id(), WAIT_ALONE.after(body.failures() + 1));
              }
            }
          });
      events.committed();
      outages.updateAndGet(count -> waiting.isEmpty() ? 0 : count + 1);
      applied.increment(done.size());
      held.increment(waiting.size() + failing.size());
      quarantined.increment(faults.size());
    }

    private List<Happening> happenings(List<Interpretation> meanings, Set<Long> done) {
      return meanings.stream()
          .filter(meaning -> done.contains(meaning.source().id()))
          .flatMap(meaning -> meaning.happenings().stream())
          .filter(happening -> !rejected.contains(happening.traced()))
          .toList();
    }

    private static <T> Map<Long, List<Traced<T>>> bodies(List<Traced<T>> chunk) {
      Map<Long, List<Traced<T>>> byBody = new LinkedHashMap<>();
      for (Traced<T> element : chunk) {
        byBody.computeIfAbsent(element.source().id(), id -> new ArrayList<>()).add(element);
      }
      return byBody;
    }
  }
}
