package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatches one channel while this process holds its lease: claims small batches of the campaigns
 * that have something to send, in turn, and has just enough of them open to use the channel's rate.
 */
final class ChannelDispatcher {
  private static final Logger log = LoggerFactory.getLogger(ChannelDispatcher.class);
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration FAR_AWAY = Duration.ofMillis(200);
  private static final Duration LINGER = Duration.ofSeconds(3);
  private static final Duration CLOSING_PATIENCE = Duration.ofSeconds(60);
  private static final Backoff CLOSE_RETRY =
      new Backoff(Duration.ofMillis(20), Duration.ofSeconds(2));
  private static final int MAX_RUNS = 1000;

  private final Jdbi jdbi;
  private final BatchStore store;
  private final TargetStore targets;
  private final ClosingStore closings;
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

  private final Backlog backlog;

  private volatile boolean stopping;
  private volatile boolean ended;

  ChannelDispatcher(
      Jdbi jdbi,
      BatchStore store,
      TargetStore targets,
      ClosingStore closings,
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
    this.targets = targets;
    this.closings = closings;
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
    this.backlog = new Backlog(channel.bucket().rate());
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
    backlog.offer(ready);
  }

  /** No further claims; batches under way end as they must. */
  void stop() {
    stopping = true;
    backlog.close();
  }

  /** The channel's life here; returns when it is stopped, idle for a while, or somebody else's. */
  void run() {
    metrics.channelOpened();
    long idleSince = System.nanoTime();
    try {
      while (!stopping && !channel.lease().isLost()) {
        CampaignId next = channel.breaker().isOpen(System.nanoTime()) ? null : backlog.next();
        if (next == null) {
          if (System.nanoTime() - idleSince > LINGER.toNanos() && backlog.isIdle()) {
            return;
          }
          // An open breaker makes waiting campaigns wait on.
          boolean held = channel.breaker().isOpen(System.nanoTime());
          backlog.pause(IDLE, held ? Integer.MAX_VALUE : 0);
          continue;
        }
        idleSince = System.nanoTime();
        dispatch(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      backlog.awaitRecorded(config.quietAfter().plus(CLOSING_PATIENCE));
      ended = true;
      metrics.channelClosed();
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
        backlog.putBack(id);
        backlog.pause(FAR_AWAY, 1);
        return;
      }
      int size = run.batchSize(rate(), backlog.claimMillis());
      if (!backlog.awaitRoom(size, IDLE)) {
        backlog.putBack(id);
        return;
      }
      claimAndSend(id, run, size);
    } catch (RuntimeException e) {
      // The database was not there: the campaign comes back with the next look at what is ready.
      metrics.failed();
      log.warn("A batch could not be claimed campaign={}", id.value(), e);
      backlog.pause(IDLE, 0);
    }
  }

  // Claimed now, its messages would only wait, and be in doubt after a crash.
  private boolean isFarAway(CampaignRun run) {
    long now = System.nanoTime();
    return Math.max(channel.bucket().nanosToNext(now), run.nanosToNext(now)) > FAR_AWAY.toNanos();
  }

  private void claimAndSend(CampaignId id, CampaignRun run, int size) {
    long claimNanos = System.nanoTime();
    Claim claim;
    try {
      claim = store.claim(id, channel.lease(), size);
    } catch (RuntimeException e) {
      backlog.release(size);
      throw e;
    }
    switch (claim) {
      case Claim.Nothing nothing -> backlog.release(size);
      case Claim.Forbidden forbidden -> {
        backlog.release(size);
        runs.remove(id.value());
      }
      case Claim.Claimed claimed -> {
        backlog.observeClaim(System.nanoTime() - claimNanos);
        Batch batch = claimed.batch();
        openBatches.put(batch.id(), id.value());
        metrics.batchOpened();
        backlog.putBack(id);
        Thread.ofVirtual()
            .name("batch-" + batch.id())
            .start(() -> work(batch, run, size, claimNanos));
      }
    }
  }

  private void work(Batch batch, CampaignRun claimedRun, int reserved, long claimNanos) {
    try {
      CampaignRun run = fresh(batch, claimedRun);
      Closing closing;
      long lastStart;
      if (run == null) {
        closing = unsent(batch, claimedRun);
        lastStart = System.nanoTime();
      } else {
        List<Target> whom = targets.targets(batch, run.campaign(), run.refusedCountries());
        BatchRun sending =
            new BatchRun(
                batch,
                run,
                channel,
                whom,
                versions,
                whatsapp,
                keys,
                incidents,
                metrics,
                claimNanos + config.sendWindow().toNanos());
        backlog.observeLead(System.nanoTime() - claimNanos);
        closing = sending.send();
        lastStart = sending.lastStart();
      }
      close(batch, claimedRun.campaign(), closing);
      backlog.observeTail(System.nanoTime() - lastStart);
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
      backlog.release(reserved);
      if (backlog.isIdle()) {
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
        new Closing(new EvidenceBatch(run.campaign().workspace(), run.campaign().id()));
    for (int i = 0; i < batch.size(); i++) {
      closing.retries.add(new Closing.Retry(batch.ordinals()[i], batch.attempts()[i], 0));
    }
    return closing;
  }

  private void close(Batch batch, Campaign campaign, Closing closing) {
    long end = System.nanoTime() + CLOSING_PATIENCE.toNanos();
    for (int failures = 1; ; failures++) {
      try {
        if (!closings.close(batch, campaign.workspace(), closing)) {
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
                                campaigns.launchTrace(handle, id),
                                contents.sendingPlan(handle, campaign),
                                contents.writer(handle, campaign.workspace(), campaign.content()),
                                contents.links(),
                                targets.refusedCountries(id))));
    loaded.ifPresent(run -> runs.put(id.value(), run));
    return loaded;
  }
}
