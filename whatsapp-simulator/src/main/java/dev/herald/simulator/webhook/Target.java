package dev.herald.simulator.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one app is told at one callback URL. Updates wait here, bounded, until the receiver has
 * answered 200 for them or the time for repeating is over. Whoever offers an update never waits.
 */
final class Target implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Target.class);
  private static final long HANDSHAKE_PAUSE_MICROS = 250_000;

  private final String appId;
  private final String url;
  private final Surroundings around;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final UpdateHeap waiting = new UpdateHeap();
  private int underWay;
  private int posts;
  private boolean verified;
  private boolean closed;
  private String lastAnswer = "none yet";

  private final AtomicLong postsAcknowledged = new AtomicLong();
  private final AtomicLong postsFailed = new AtomicLong();
  private final AtomicLong updatesAcknowledged = new AtomicLong();
  private final AtomicLong updatesDropped = new AtomicLong();

  /** What a target needs from the whole. */
  interface Surroundings {
    Scenario scenario();

    long now();

    boolean paused();

    App app(String id);

    Receiver receiver();

    long nextPost();

    byte[] body(List<UpdateRef> updates, long post);

    void acknowledged(App app, List<UpdateRef> updates);

    void refused(Target target, List<UpdateRef> updates);

    /** The target is closed and could not deliver these. */
    void orphaned(Target target, List<UpdateRef> updates);
  }

  Target(String appId, String url, boolean verified, Surroundings around) {
    this.appId = appId;
    this.url = url;
    this.verified = verified;
    this.around = around;
    this.thread = Thread.ofVirtual().name("simulator-webhooks-" + appId).unstarted(this::run);
  }

  Target start() {
    thread.start();
    return this;
  }

  String appId() {
    return appId;
  }

  String url() {
    return url;
  }

  void offer(List<UpdateRef> updates, long dueAt) {
    lock.lock();
    try {
      int room = Math.max(0, around.scenario().count(Knob.WEBHOOK_BACKLOG) - waiting.size());
      int taken = Math.min(room, updates.size());
      for (int i = 0; i < taken; i++) {
        waiting.push(dueAt, updates.get(i));
      }
      updatesDropped.addAndGet(updates.size() - taken);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Updates that are waiting or under way. */
  int size() {
    lock.lock();
    try {
      return waiting.size() + underWay;
    } finally {
      lock.unlock();
    }
  }

  /** Looks again at pauses and due times. */
  void wake(boolean everythingNow) {
    lock.lock();
    try {
      if (everythingNow) {
        waiting.pullForward(around.now());
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the target and gives away what waits, which still counts here until {@link #forget}. */
  List<UpdateRef> retire() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
      List<UpdateRef> left = new ArrayList<>(waiting.size());
      while (waiting.size() > 0) {
        left.add(waiting.pop());
      }
      underWay += left.size();
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Stops counting updates that another target has taken over. */
  void forget(int updates) {
    lock.lock();
    try {
      underWay -= updates;
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  ObjectNode json() {
    lock.lock();
    try {
      return Json.object()
          .put("app_id", appId)
          .put("callback_url", url)
          .put("verified", verified)
          .put("waiting", waiting.size())
          .put("under_way", underWay)
          .put("posts_acknowledged", postsAcknowledged.get())
          .put("posts_failed", postsFailed.get())
          .put("updates_acknowledged", updatesAcknowledged.get())
          .put("updates_dropped", updatesDropped.get())
          .put("last_answer", lastAnswer);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    if (!verify()) {
      return;
    }
    while (true) {
      List<UpdateRef> batch = takeBatch();
      if (batch.isEmpty()) {
        return;
      }
      Thread.ofVirtual().name("simulator-webhook-post").start(() -> deliver(batch));
    }
  }

  /**
   * Repeats the handshake until the receiver answers it; nothing is posted to a URL that has not.
   */
  private boolean verify() {
    boolean told = false;
    while (true) {
      lock.lock();
      try {
        if (closed || verified) {
          return !closed;
        }
      } finally {
        lock.unlock();
      }
      String problem =
          around.receiver().handshake(url, around.app(appId).verifyToken()).orElse(null);
      lock.lock();
      try {
        if (problem == null) {
          verified = true;
          LOG.info("The callback URL {} of app {} answered the handshake.", url, appId);
          return !closed;
        }
        lastAnswer = "handshake: " + problem;
        if (!told) {
          LOG.info(
              "The callback URL {} does not answer the handshake yet ({}); trying again.",
              url,
              problem);
          told = true;
        }
        if (!closed) {
          await(HANDSHAKE_PAUSE_MICROS);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** The next updates to post, at least one; empty when closed. */
  private List<UpdateRef> takeBatch() {
    lock.lock();
    try {
      while (!closed) {
        Scenario scenario = around.scenario();
        long now = around.now();
        int most = Math.max(1, scenario.count(Knob.WEBHOOK_BATCH_SIZE));
        boolean free =
            posts < Math.max(1, scenario.count(Knob.WEBHOOK_IN_FLIGHT)) && !around.paused();
        // Due for the whole interval: its companions have had time to come.
        long collectedFrom = waiting.nextDue() + scenario.micros(Knob.WEBHOOK_INTERVAL);
        boolean ready =
            waiting.size() >= most
                ? waiting.nextDue() <= now
                : waiting.size() > 0 && collectedFrom <= now;
        if (free && ready) {
          List<UpdateRef> batch = new ArrayList<>(Math.min(most, waiting.size()));
          while (batch.size() < most && waiting.nextDue() <= now) {
            batch.add(waiting.pop());
          }
          underWay += batch.size();
          posts++;
          return batch;
        }
        await(
            free && waiting.size() > 0
                ? Math.max(1000, collectedFrom - now)
                : TimeUnit.HOURS.toMicros(1));
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private void deliver(List<UpdateRef> batch) {
    boolean acknowledged = false;
    try {
      long post = around.nextPost();
      App app = around.app(appId);
      byte[] body = around.body(batch, post);
      acknowledged = body.length == 0 || post(app, body);
      if (acknowledged && body.length > 0) {
        around.acknowledged(app, batch);
        updatesAcknowledged.addAndGet(batch.size());
        if (around.scenario().repeatsPost(post)) {
          boolean again = post(app, body);
          LOG.debug("Repeated a post of {} updates to {}: {}.", batch.size(), url, again);
        }
      }
    } catch (RuntimeException e) {
      LOG.error("A webhook post to {} could not be made.", url, e);
    } finally {
      finished(batch, acknowledged);
    }
  }

  private boolean post(App app, byte[] body) {
    String answer;
    boolean ok = false;
    try {
      Duration timeout =
          Duration.of(
              Math.max(1000, around.scenario().micros(Knob.WEBHOOK_TIMEOUT)), ChronoUnit.MICROS);
      int status = around.receiver().post(url, body, Signature.of(body, app.appSecret()), timeout);
      answer = "HTTP " + status;
      ok = status == 200;
    } catch (IOException e) {
      answer = e.getClass().getSimpleName() + ": " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = "interrupted";
    }
    (ok ? postsAcknowledged : postsFailed).incrementAndGet();
    lock.lock();
    try {
      lastAnswer = answer;
    } finally {
      lock.unlock();
    }
    return ok;
  }

  private void finished(List<UpdateRef> batch, boolean acknowledged) {
    if (!acknowledged) {
      around.refused(this, batch);
    }
    boolean orphaned;
    lock.lock();
    try {
      if (!acknowledged && !closed) {
        waitForRepetition(batch);
      }
      orphaned = !acknowledged && closed;
      if (!orphaned) {
        underWay -= batch.size();
        posts--;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
    if (orphaned) {
      // Counted here until the other target counts them.
      around.orphaned(this, batch);
      forget(batch.size());
    }
  }

  private void waitForRepetition(List<UpdateRef> batch) {
    Scenario scenario = around.scenario();
    long now = around.now();
    for (UpdateRef update : batch) {
      UpdateRef again = update.failedOnceMore();
      if (Backoff.total(scenario, again.attempt()) > scenario.micros(Knob.WEBHOOK_RETRY_FOR)) {
        updatesDropped.incrementAndGet();
      } else {
        waiting.push(now + Backoff.before(scenario, again.attempt()), again);
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // The callers loop.
  private void await(long micros) {
    try {
      var _ =
          changed.awaitNanos(
              TimeUnit.MICROSECONDS.toNanos(Math.min(micros, TimeUnit.HOURS.toMicros(1))));
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }
}
