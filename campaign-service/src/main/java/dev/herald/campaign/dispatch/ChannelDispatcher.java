package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatches one channel while this process holds its lease: claims small batches of the campaigns
 * that have something to send, in turn, and has just enough of them open to use the channel's rate.
 *
 * <p>The window, that is how many messages are claimed and not yet recorded, is what a crash can
 * leave unconfirmed. It is 50 messages or 100 ms of the rate, whichever is more, and grows only if
 * WhatsApp answers so slowly that the rate could not be used otherwise; never beyond one second's
 * worth.
 */
final class ChannelDispatcher {
  private static final Logger log = LoggerFactory.getLogger(ChannelDispatcher.class);
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration FAR_AWAY = Duration.ofMillis(200);
  private static final Duration LINGER = Duration.ofSeconds(3);
  private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(60);
  private static final Backoff CLOSE_RETRY =
      new Backoff(Duration.ofMillis(20), Duration.ofSeconds(2));
  private static final int SMALLEST_WINDOW = 50;
  private static final int MAX_RUNS = 1000;

  private final Jdbi jdbi;
  private final BatchStore store;
  private final CampaignStore campaigns;
  private final Contents contents;
  private final CloudApi whatsapp;
  private final MessageKeyCodec keys;
  private final Incidents incidents;
  private final Versions versions;
  private final DispatchMetrics metrics;
  private final DispatchConfig config;
  private final ChannelRuntime channel;
  private final Map<Long, Long> openBatches;
  private final Map<Long, CampaignRun> runs = new ConcurrentHashMap<>();

  // Guards work, open messages and the latency; held for moments only.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CampaignId> work = new ArrayDeque<>();
  private int openMessages;
  private double tailMillis = 50;

  private volatile boolean stopping;
  private volatile boolean ended;

  ChannelDispatcher(
      Jdbi jdbi,
      BatchStore store,
      CampaignStore campaigns,
      Contents contents,
      CloudApi whatsapp,
      MessageKeyCodec keys,
      Incidents incidents,
      Versions versions,
      DispatchMetrics metrics,
      DispatchConfig config,
      ChannelRuntime channel,
      Map<Long, Long> openBatches) {
    this.jdbi = jdbi;
    this.store = store;
    this.campaigns = campaigns;
    this.contents = contents;
    this.whatsapp = whatsapp;
    this.keys = keys;
    this.incidents = incidents;
    this.versions = versions;
    this.metrics = metrics;
    this.config = config;
    this.channel = channel;
    this.openBatches = openBatches;
  }

  Lease lease() {
    return channel.lease();
  }

  private int rate() {
    return channel.bucket().rate();
  }

  /** False once the channel has another rate or token than this was begun with. */
  boolean speaksFor(ChannelStore.Sender sender) {
    return sender.rate() == rate() && sender.access().equals(channel.access());
  }

  boolean hasEnded() {
    return ended;
  }

  /** These campaigns have something to send. */
  void offer(Collection<CampaignId> ready) {
    lock.lock();
    try {
      Set<CampaignId> known = new HashSet<>(work);
      for (CampaignId campaign : ready) {
        if (known.add(campaign)) {
          work.addLast(campaign);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No further claims; batches under way end as they must. */
  void stop() {
    stopping = true;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The channel's life here; returns when it is stopped, idle for a while, or somebody else's. */
  void run() {
    metrics.channelOpened();
    long idleSince = System.nanoTime();
    try {
      while (!stopping && !channel.lease().isLost()) {
        CampaignId next = channel.breaker().isOpen(System.nanoTime()) ? null : next();
        if (next == null) {
          if (System.nanoTime() - idleSince > LINGER.toNanos() && isIdle()) {
            return;
          }
          pause(IDLE);
          continue;
        }
        idleSince = System.nanoTime();
        dispatch(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaitOpenBatches();
      ended = true;
      metrics.channelClosed();
    }
  }

  private @Nullable CampaignId next() {
    lock.lock();
    try {
      return work.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  private boolean isIdle() {
    lock.lock();
    try {
      return work.isEmpty() && openMessages == 0;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      if (work.isEmpty() || channel.breaker().isOpen(System.nanoTime())) {
        changed.awaitNanos(longest.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private void dispatch(CampaignId id) throws InterruptedException {
    try {
      Optional<CampaignRun> found = runOf(id);
      if (found.isEmpty()) {
        return;
      }
      CampaignRun run = found.get();
      if (isFarAway(run)) {
        putBack(id);
        pauseFor(FAR_AWAY);
        return;
      }
      int size = run.batchSize(rate());
      if (!awaitWindow(size)) {
        putBack(id);
        return;
      }
      claimAndSend(id, run, size);
    } catch (RuntimeException e) {
      // The database was not there: the campaign comes back with the next look at what is ready.
      metrics.failed();
      log.warn("A batch could not be claimed campaign={}", id.value(), e);
      pause(IDLE);
    }
  }

  // Claimed now, its messages would only wait, and be in doubt after a crash.
  private boolean isFarAway(CampaignRun run) {
    long now = System.nanoTime();
    return Math.max(channel.bucket().nanosToNext(now), run.nanosToNext(now)) > FAR_AWAY.toNanos();
  }

  private void pauseFor(Duration time) throws InterruptedException {
    lock.lock();
    try {
      if (work.size() <= 1) {
        changed.awaitNanos(time.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private void claimAndSend(CampaignId id, CampaignRun run, int size) {
    long claimNanos = System.nanoTime();
    Claim claim;
    try {
      claim = store.claim(id, channel.lease(), size);
    } catch (RuntimeException e) {
      release(size);
      throw e;
    }
    switch (claim) {
      case Claim.Nothing nothing -> release(size);
      case Claim.Forbidden forbidden -> {
        release(size);
        runs.remove(id.value());
      }
      case Claim.Claimed claimed -> {
        Batch batch = claimed.batch();
        openBatches.put(batch.id(), id.value());
        metrics.batchOpened();
        putBack(id);
        Thread.ofVirtual()
            .name("batch-" + batch.id())
            .start(() -> work(batch, run, size, claimNanos + config.sendWindow().toNanos()));
      }
    }
  }

  private void putBack(CampaignId id) {
    lock.lock();
    try {
      if (!work.contains(id)) {
        work.addLast(id);
      }
    } finally {
      lock.unlock();
    }
  }

  private void work(Batch batch, CampaignRun claimedRun, int reserved, long sendDeadline) {
    try {
      CampaignRun run = fresh(batch, claimedRun);
      Closing closing;
      long lastStart;
      if (run == null) {
        closing = unsent(batch, claimedRun);
        lastStart = System.nanoTime();
      } else {
        List<Target> targets = store.targets(batch, run.campaign(), run.refusedCountries());
        BatchRun sending =
            new BatchRun(
                batch,
                run,
                channel,
                targets,
                versions,
                whatsapp,
                keys,
                incidents,
                metrics,
                sendDeadline);
        closing = sending.send();
        lastStart = sending.lastStart();
      }
      close(batch, claimedRun.campaign(), closing);
      observeTail(System.nanoTime() - lastStart);
    } catch (RuntimeException e) {
      // Left open: it is settled as unconfirmed, unless nothing was sent, which nobody can prove
      // now.
      metrics.failed();
      log.error(
          "A batch is left to be settled campaign={} batch={}",
          batch.campaign().value(),
          batch.id(),
          e);
    } finally {
      openBatches.remove(batch.id());
      metrics.batchClosed();
      release(reserved);
      if (isIdle()) {
        channel.drained().run();
      }
    }
  }

  // What the campaign sends may have changed between reading it and claiming.
  private @Nullable CampaignRun fresh(Batch batch, CampaignRun run) {
    if (run.campaign().version() == batch.version()) {
      return run;
    }
    runs.remove(batch.campaign().value());
    return runOf(batch.campaign())
        .filter(newer -> newer.campaign().version() == batch.version())
        .orElse(null);
  }

  private static Closing unsent(Batch batch, CampaignRun run) {
    Closing closing =
        new Closing(
            new dev.herald.campaign.report.EvidenceBatch(
                run.campaign().workspace(), run.campaign().id()));
    for (int i = 0; i < batch.size(); i++) {
      closing.retries.add(new Closing.Retry(batch.ordinals()[i], batch.attempts()[i], 0));
    }
    return closing;
  }

  private void close(Batch batch, Campaign campaign, Closing closing) {
    long end = System.nanoTime() + CLOSING_PATIENCE.toNanos();
    for (int failures = 1; ; failures++) {
      try {
        if (!store.close(batch, campaign.workspace(), closing)) {
          log.warn(
              "A batch had been settled before its owner closed it campaign={} batch={}",
              batch.campaign().value(),
              batch.id());
        }
        return;
      } catch (RuntimeException e) {
        metrics.failed();
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        sleep(CLOSE_RETRY.after(failures));
      }
    }
  }

  private static void sleep(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<CampaignRun> runOf(CampaignId id) {
    CampaignRun known = runs.get(id.value());
    if (known != null && versions.allow(id, known.campaign().version())) {
      return Optional.of(known);
    }
    if (runs.size() >= MAX_RUNS) {
      runs.clear();
    }
    Optional<CampaignRun> loaded =
        jdbi.withHandle(
            handle ->
                campaigns
                    .find(handle, id)
                    .map(
                        campaign ->
                            new CampaignRun(
                                campaign,
                                contents.sendingPlan(handle, campaign),
                                contents.writer(handle, campaign.workspace(), campaign.content()),
                                store.refusedCountries(id))));
    loaded.ifPresent(run -> runs.put(id.value(), run));
    return loaded;
  }

  // True when the window has room; waits a moment for batches to end.
  private boolean awaitWindow(int size) throws InterruptedException {
    lock.lock();
    try {
      long left = IDLE.toNanos();
      while (openMessages > 0 && openMessages + size > window(size)) {
        if (left <= 0 || stopping) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      openMessages += size;
      return true;
    } finally {
      lock.unlock();
    }
  }

  // While one batch drains (answers, commit), others must keep the rate going.
  private int window(int size) {
    int least = Math.max(Math.max(SMALLEST_WINDOW, rate() / 10), 2 * size);
    int wanted = size + (int) Math.ceil(rate() * tailMillis * 1.3 / 1000);
    return Math.clamp(wanted, least, Math.max(least, rate()));
  }

  private void release(int size) {
    lock.lock();
    try {
      openMessages -= size;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void observeTail(long nanos) {
    lock.lock();
    try {
      double millis = TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
      tailMillis += (millis - tailMillis) / 8;
    } finally {
      lock.unlock();
    }
  }

  private void awaitOpenBatches() {
    lock.lock();
    try {
      long left = config.quietAfter().plus(CLOSING_PATIENCE).toNanos();
      while (openMessages > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
