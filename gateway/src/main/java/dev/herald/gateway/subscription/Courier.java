package dev.herald.gateway.subscription;

import dev.herald.gateway.egress.EgressClient;
import dev.herald.gateway.egress.EgressClient.Result;
import dev.herald.gateway.identity.AuditLog;
import dev.herald.gateway.subscription.Delivery.State;
import dev.herald.gateway.subscription.DeliveryStore.Outcome;
import dev.herald.gateway.subscription.Subscription.Format;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.Wake;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due. Each subscription is served by itself, so that one whose target hangs holds up
 * nobody else; a target that fails is asked less and less often, with one delivery at a time. Any
 * number of couriers may run; one that dies leaves its deliveries to the others when the lease has
 * run out, so an event may come twice but never not at all.
 */
final class Courier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Courier.class);

  /** So long a delivery is tried. */
  static final Duration LIFETIME = Duration.ofHours(24);

  /** After so long without one success a subscription ends. */
  static final Duration DISABLED_AFTER = Duration.ofDays(3);

  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(15);
  private static final Backoff ATTEMPTS = new Backoff(Duration.ofSeconds(10), Duration.ofHours(2));
  private static final Backoff TARGETS = new Backoff(Duration.ofSeconds(4), Duration.ofMinutes(10));
  private static final int AT_ONCE = 32;
  private static final int SUBSCRIPTIONS_AT_ONCE = 64;
  private static final int GONE = 410;
  private static final int MAX_ERROR = 400;

  private final Jdbi jdbi;
  private final SubscriptionStore subscriptions;
  private final DeliveryStore deliveries;
  private final Signing signing;
  private final EgressClient http;
  private final AuditLog audit;
  private final Counter delivered;
  private final Counter failed;
  private final Wake wake = new Wake();
  private final Semaphore places = new Semaphore(SUBSCRIPTIONS_AT_ONCE);
  private final Set<Long> serving = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread dispatcher;
  private volatile boolean stopping;

  Courier(
      Jdbi jdbi,
      SubscriptionStore subscriptions,
      DeliveryStore deliveries,
      Signing signing,
      EgressClient http,
      AuditLog audit,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.subscriptions = subscriptions;
    this.deliveries = deliveries;
    this.signing = signing;
    this.http = http;
    this.audit = audit;
    this.delivered = metrics.counter("herald.subscription.attempts", "outcome", "delivered");
    this.failed = metrics.counter("herald.subscription.attempts", "outcome", "failed");
    this.dispatcher = Thread.ofVirtual().name("courier").start(this::run);
  }

  /** Says that there is something to send. */
  void wake() {
    wake.call();
  }

  private void run() {
    while (!stopping) {
      try {
        for (Subscription subscription : subscriptions.due()) {
          serve(subscription);
        }
        wake.await(IDLE);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.warn("Events cannot be sent just now", e);
        if (!paused()) {
          return;
        }
      }
    }
  }

  private boolean paused() {
    try {
      Thread.sleep(IDLE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void serve(Subscription subscription) throws InterruptedException {
    if (stopping || !serving.add(subscription.id())) {
      return;
    }
    places.acquire();
    threads.execute(
        () -> {
          try {
            boolean more = true;
            Subscription current = subscription;
            while (more && !stopping) {
              more = sendBatch(current);
              current = subscriptions.find(current.workspaceId(), current.id()).orElse(current);
            }
          } catch (RuntimeException e) {
            log.warn("Events cannot be sent just now subscription={}", subscription.id(), e);
          } finally {
            serving.remove(subscription.id());
            places.release();
          }
        });
  }

  /** True if there may be more to send at once. */
  private boolean sendBatch(Subscription subscription) {
    if (subscription.state() != Subscription.State.ACTIVE) {
      return false;
    }
    int most = subscription.failures() == 0 ? AT_ONCE : 1;
    List<Delivery> batch = deliveries.claim(subscription, most, LEASE);
    if (batch.isEmpty()) {
      return false;
    }
    List<Outcome> outcomes = send(subscription, batch);
    boolean anySucceeded =
        outcomes.stream().anyMatch(outcome -> outcome.state() == State.DELIVERED);
    boolean gone = outcomes.stream().anyMatch(outcome -> outcome.statusCode() == GONE);
    jdbi.useTransaction(
        tx -> {
          if (anySucceeded) {
            subscriptions.succeeded(tx, subscription);
          } else {
            subscriptions.failed(tx, subscription, TARGETS.after(subscription.failures() + 1));
          }
          deliveries.finish(tx, subscription, outcomes);
        });
    if (!anySucceeded) {
      endIfHopeless(subscription, gone, outcomes.getLast());
    }
    return anySucceeded && !gone;
  }

  private void endIfHopeless(Subscription subscription, boolean gone, Outcome last) {
    String reason =
        gone
            ? "The target answered 410 Gone."
            : "No delivery has succeeded for three days. The last: " + last.error();
    boolean ended =
        jdbi.inTransaction(
            tx ->
                subscriptions.disable(
                    tx, subscription, gone ? Duration.ZERO : DISABLED_AFTER, reason));
    if (ended) {
      log.warn("A subscription was disabled subscription={} reason={}", subscription.id(), reason);
      audit.recordOwn(
          subscription.workspaceId(),
          "SUBSCRIPTION_DISABLED",
          "subscriptions/" + subscription.id() + ": " + reason);
    }
  }

  private List<Outcome> send(Subscription subscription, List<Delivery> batch) {
    List<Future<Outcome>> sending = new ArrayList<>();
    for (Delivery delivery : batch) {
      Callable<Outcome> attempt = () -> send(subscription, delivery);
      sending.add(threads.submit(attempt));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Future<Outcome> one : sending) {
      try {
        outcomes.add(one.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("An attempt failed before it began", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Stopped", e);
      }
    }
    return outcomes;
  }

  private Outcome send(Subscription subscription, Delivery delivery) {
    long start = System.nanoTime();
    Result result = attempt(subscription, delivery);
    int millis = (int) Math.min(Integer.MAX_VALUE, (System.nanoTime() - start) / 1_000_000);
    (result.succeeded() ? delivered : failed).increment();
    return new Outcome(
        delivery,
        result.succeeded() ? State.DELIVERED : State.PENDING,
        ATTEMPTS.after(delivery.attempts()),
        result.status(),
        result.succeeded() ? "" : words(result),
        millis);
  }

  private Result attempt(Subscription subscription, Delivery delivery) {
    Instant now = Instant.now();
    List<String> secrets = signing.secrets(subscription, now);
    if (secrets.isEmpty()) {
      return new Result(0, "The secret cannot be read any more: make a new one.", "");
    }
    byte[] body = Body.write(subscription, delivery).getBytes(StandardCharsets.UTF_8);
    return http.post(
        URI.create(subscription.url()), headers(subscription, delivery, secrets, now, body), body);
  }

  private static Map<String, String> headers(
      Subscription subscription,
      Delivery delivery,
      List<String> secrets,
      Instant now,
      byte[] body) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Herald-Event-Id", delivery.eventId().toString());
    headers.put("Herald-Event-Type", delivery.eventType().dotted());
    headers.put("Herald-Attempt", Integer.toString(delivery.attempts()));
    headers.put("Herald-Signature", Signing.header(secrets, now, body));
    if (subscription.format() == Format.AISENSY) {
      headers.put("X-AiSensy-Signature", Signing.hmac(secrets.getFirst(), body));
      headers.put("X-AiSensy-API-Version", "1.0");
      headers.put("X-AiSensy-Project-Id", Long.toString(subscription.workspaceId()));
    }
    return headers;
  }

  private static String words(Result result) {
    if (result.status() == 0) {
      return result.error();
    }
    String text = "HTTP " + result.status() + ": " + result.excerpt().replaceAll("\\p{Cntrl}", " ");
    return text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR);
  }

  /** Finishes what is on its way. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    dispatcher.interrupt();
    threads.shutdown();
    if (!threads.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      threads.shutdownNow();
    }
  }
}
