package dev.herald.gateway.webhook;

import dev.herald.gateway.subscription.EventLog;
import dev.herald.gateway.webhook.Deliveries.Rejection;
import dev.herald.gateway.webhook.Interpretation.Traced;
import dev.herald.gateway.webhook.WebhookLog.Claimed;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.trace.Spans;
import dev.herald.runtime.trace.Traceparent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What applying webhooks means, wherever they are logged: finds out what each body says, passes
 * that on, and stores what came of it.
 *
 * <p>Everything passed on may be passed on again. So nothing here needs to be exactly once, only at
 * least once.
 */
final class Application {
  private static final Logger log = LoggerFactory.getLogger(Application.class);

  private static final int MOST_CALL_BYTES = 2 * 1024 * 1024;
  private static final int MOST_LINKS = 32;

  /**
   * After so many failures in a row of a service that answers, the fault is taken to be the body's.
   */
  private static final int MOST_FAILURES = 10;

  private final Jdbi jdbi;
  private final QuarantineStore quarantine;
  private final Interpreter interpreter;
  private final Deliveries deliveries;
  private final EventLog events;
  private final Counter applied;
  private final Counter held;
  private final Counter quarantined;

  /**
   * What came of one attempt at a batch.
   *
   * @param waiting bodies for which a service was away
   * @param failing bodies on which a service choked
   * @param faults what was not understood or not taken
   */
  record Outcome(
      List<Claimed> batch,
      Set<Long> waiting,
      Set<Long> failing,
      List<Fault> faults,
      List<Happening> happenings) {
    /** Those of which everything was acknowledged. */
    List<Long> done() {
      return batch.stream()
          .map(Claimed::id)
          .filter(id -> !waiting.contains(id) && !failing.contains(id))
          .toList();
    }
  }

  Application(
      Jdbi jdbi,
      QuarantineStore quarantine,
      Interpreter interpreter,
      Deliveries deliveries,
      EventLog events,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.quarantine = quarantine;
    this.interpreter = interpreter;
    this.deliveries = deliveries;
    this.events = events;
    this.applied = metrics.counter("herald.webhook.bodies", "outcome", "applied");
    this.held = metrics.counter("herald.webhook.bodies", "outcome", "held");
    this.quarantined = metrics.counter("herald.webhook.elements", "outcome", "quarantined");
  }

  /** Passes on what these bodies mean. */
  Outcome apply(List<Claimed> batch) {
    return Spans.in(span(batch), () -> applyInside(batch));
  }

  // A batch is of many requests: a span of its own, below the first that is traced, that names the
  // others.
  private static SpanBuilder span(List<Claimed> batch) {
    SpanBuilder span =
        Spans.named("webhooks apply", SpanKind.CONSUMER)
            .setAttribute("herald.webhooks", batch.size());
    List<String> traces =
        batch.stream().map(Claimed::trace).filter(it -> !it.isEmpty()).limit(MOST_LINKS).toList();
    span.setParent(Traceparent.context(traces.isEmpty() ? "" : traces.getFirst()));
    traces.stream()
        .skip(1)
        .forEach(
            trace -> span.addLink(Span.fromContext(Traceparent.context(trace)).getSpanContext()));
    return span;
  }

  private Outcome applyInside(List<Claimed> batch) {
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
    return attempt.outcome(batch, meanings);
  }

  /**
   * Stores what came of bodies that are done: their faults, what is to be told of them, and their
   * mark, in one transaction.
   *
   * @param done bodies that are at their end
   * @param mark marks them, and puts the rest back
   */
  void store(Outcome outcome, Set<Long> done, Consumer<Handle> mark) {
    List<Fault> faults =
        outcome.faults().stream().filter(fault -> done.contains(fault.webhookId())).toList();
    jdbi.useTransaction(
        handle -> {
          quarantine.insert(handle, faults);
          mark.accept(handle);
          Happening.tell(
              events,
              handle,
              outcome.happenings().stream()
                  .filter(happening -> done.contains(happening.traced().source().id()))
                  .toList());
          CrashPoint.reached("gateway.apply.before-commit");
        });
    CrashPoint.reached("gateway.apply.committed");
    events.committed();
    applied.increment(done.size());
    held.increment(outcome.batch().size() - done.size());
    quarantined.increment(faults.size());
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

    Outcome outcome(List<Claimed> batch, List<Interpretation> meanings) {
      failing.removeAll(waiting);
      return new Outcome(batch, waiting, failing, faults, happenings(meanings));
    }

    private List<Happening> happenings(List<Interpretation> meanings) {
      return meanings.stream()
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
