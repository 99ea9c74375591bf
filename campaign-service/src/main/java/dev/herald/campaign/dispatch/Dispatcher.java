package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.runtime.Wake;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of LIVE campaigns. One look at the database, a few times a second or when
 * somebody wakes it, says which channels have something to send; for each whose lease is to be had,
 * a {@link ChannelDispatcher} works. Any number of instances do the same on one database.
 */
public final class Dispatcher implements Sending, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration QUIET_POLL = Duration.ofMillis(10);
  private static final Duration VERSION_POLL = Duration.ofMillis(100);
  private static final Duration SETTLE_POLL = Duration.ofSeconds(1);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final Duration TAKEOVER_SILENCE = Duration.ofSeconds(1);
  private static final int SETTLE_AT_ONCE = 50;

  private final Jdbi jdbi;
  private final BatchStore store;
  private final TargetStore targets;
  private final ClosingStore closings;
  private final CampaignStore campaigns;
  private final CampaignListStore lists = new CampaignListStore();
  private final ChannelStore channels;
  private final Contents contents;
  private final Transitions transitions;
  private final CloudApi whatsapp;
  private final MessageKeyCodec keys;
  private final DispatchConfig config;
  private final DispatchMetrics metrics;
  private final LeaseStore leases;
  private final Versions versions = new Versions();
  private final Incidents incidents = new PauseOnIncident();
  // The campaign of every batch this process works on.
  private final Map<Long, Long> openBatches = new ConcurrentHashMap<>();
  private final Map<Long, ChannelDispatcher> working = new ConcurrentHashMap<>();
  private final Wake wake = new Wake();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  public Dispatcher(
      Jdbi jdbi,
      BatchStore store,
      TargetStore targets,
      ClosingStore closings,
      CampaignStore campaigns,
      ChannelStore channels,
      Contents contents,
      Transitions transitions,
      CloudApi whatsapp,
      MessageKeyCodec keys,
      DispatchConfig config,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.store = store;
    this.targets = targets;
    this.closings = closings;
    this.campaigns = campaigns;
    this.channels = channels;
    this.contents = contents;
    this.transitions = transitions;
    this.whatsapp = whatsapp;
    this.keys = keys;
    this.config = config;
    this.metrics = new DispatchMetrics(metrics);
    this.leases = new LeaseStore(jdbi, instanceName(), config.lease());
  }

  // Unique, and ends with the process id, so that an operator can tell who drives a channel.
  private static String instanceName() {
    return UUID.randomUUID() + "/" + ProcessHandle.current().pid();
  }

  public Dispatcher start() {
    every("dispatch-look", this::look, () -> wake.await(config.poll()));
    every("dispatch-leases", this::renewLeases, () -> sleep(config.lease().dividedBy(4)));
    every("dispatch-versions", this::followChanges, () -> sleep(VERSION_POLL));
    every("dispatch-settle", this::settleLost, () -> sleep(SETTLE_POLL));
    return this;
  }

  private interface Wait {
    void run() throws InterruptedException;
  }

  private void every(String name, Runnable step, Wait wait) {
    threads.add(
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    while (!stopping) {
                      attempt(name, step);
                      wait.run();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private void attempt(String name, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      metrics.failed();
      log.warn("A step failed and will be repeated step={}", name, e);
    }
  }

  private static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Override
  public void wake() {
    wake.call();
  }

  @Override
  public void changed(CampaignId campaign, long version) {
    versions.heard(campaign, version);
  }

  @Override
  public int awaitQuiet(CampaignId campaign, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      while (true) {
        int underWay = store.underWay(campaign);
        if (underWay == 0 || System.nanoTime() - end > 0) {
          return underWay;
        }
        sleep(QUIET_POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return store.underWay(campaign);
    }
  }

  private void look() {
    Map<ChannelId, List<CampaignId>> ready = new HashMap<>();
    for (BatchStore.Ready one : store.ready()) {
      ready.computeIfAbsent(one.channel(), channel -> new ArrayList<>()).add(one.campaign());
    }
    ready.forEach(
        (channel, campaignsOfIt) -> {
          if (!stopping) {
            attempt("dispatch-channel", () -> dispatch(channel, campaignsOfIt));
          }
        });
    store.exhausted().forEach(this::finish);
  }

  private void dispatch(ChannelId id, List<CampaignId> ready) {
    Optional<ChannelStore.Sender> sender = jdbi.withHandle(handle -> channels.sender(handle, id));
    ChannelDispatcher current = working.get(id.value());
    if (current != null && !current.hasEnded()) {
      if (sender.filter(current::speaksFor).isPresent()) {
        current.offer(ready);
      } else {
        // Ends after what it has open, gives the lease back, and starts anew: with the new rate or
        // token, if the channel is still there.
        current.stop();
      }
      return;
    }
    if (sender.isEmpty()) {
      return;
    }
    Optional<Lease> lease = leases.acquire(id);
    if (lease.isEmpty()) {
      return;
    }
    ChannelDispatcher dispatcher = open(lease.get(), sender.get());
    working.put(id.value(), dispatcher);
    dispatcher.offer(ready);
    Thread.ofVirtual().name("channel-" + id.value()).start(() -> run(id, dispatcher));
  }

  private ChannelDispatcher open(Lease lease, ChannelStore.Sender sender) {
    long now = System.nanoTime();
    TokenBucket bucket = new TokenBucket(sender.rate(), now);
    // What was sent under the lease before counts in the first second of this one.
    if (lease.justFreed()) {
      bucket.closeUntil(now + TAKEOVER_SILENCE.toNanos());
    }
    ChannelRuntime runtime =
        new ChannelRuntime(
            sender.access(), lease, bucket, new PairLimit(), new Breaker(), this::wake);
    return new ChannelDispatcher(
        jdbi,
        store,
        targets,
        closings,
        campaigns,
        contents,
        whatsapp,
        keys,
        incidents,
        versions,
        metrics,
        config,
        runtime,
        openBatches);
  }

  private void run(ChannelId id, ChannelDispatcher dispatcher) {
    try {
      dispatcher.run();
    } finally {
      attempt("dispatch-release", () -> leases.release(dispatcher.lease()));
      working.remove(id.value(), dispatcher);
      wake();
    }
  }

  private void renewLeases() {
    leases.renew(working.values().stream().map(ChannelDispatcher::lease).toList());
  }

  // Changes made by other instances; our own are heard at once.
  private void followChanges() {
    Set<Long> open = new HashSet<>(openBatches.values());
    if (!open.isEmpty()) {
      store.versions(open).forEach(pair -> versions.heard(new CampaignId(pair[0]), pair[1]));
    }
  }

  private void settleLost() {
    int settled = closings.settleLost(List.copyOf(openBatches.keySet()), SETTLE_AT_ONCE);
    if (settled > 0) {
      metrics.settled(settled);
      log.warn("Messages of lost batches are unconfirmed messages={}", settled);
      wake();
    }
  }

  /** Every recipient has been attempted: SENT, if that is still so under the lock (promise P4). */
  private void finish(CampaignId id) {
    attempt(
        "dispatch-finish",
        () -> {
          boolean finished =
              jdbi.inTransaction(
                  tx -> {
                    // Locked first, looked at afterwards: nothing is queued or claimed in between.
                    if (!campaigns.lock(tx, id) || !store.isExhausted(tx, id)) {
                      return false;
                    }
                    Campaign campaign = campaigns.find(tx, id).orElseThrow();
                    return transitions
                        .apply(
                            tx,
                            campaign,
                            new Lifecycle.Command.Finish(),
                            null,
                            dev.herald.campaign.campaign.Actor.HERALD)
                        .isPresent();
                  });
          if (finished) {
            CrashPoint.reached("campaign.finish.committed");
            log.info("Campaign sent campaign={}", id.value());
          }
        });
  }

  /** Pauses in the database first, then in this process; others follow within their poll. */
  private final class PauseOnIncident implements Incidents {

    @Override
    public void pauseCampaign(CampaignId id, PauseReason.Kind kind, String message, int errorCode) {
      attempt(
          "dispatch-pause",
          () ->
              jdbi.inTransaction(tx -> transitions.pauseByHerald(tx, id, kind, message, errorCode))
                  .ifPresent(
                      paused -> {
                        versions.heard(id, paused.version());
                        log.warn(
                            "Campaign paused campaign={} kind={} code={}",
                            id.value(),
                            kind,
                            errorCode);
                      }));
    }

    @Override
    public void pauseChannel(
        ChannelId channel, PauseReason.Kind kind, String message, int errorCode) {
      channelHeld(channel, message);
      List<CampaignId> running = jdbi.withHandle(handle -> lists.running(handle, channel.value()));
      running.forEach(id -> pauseCampaign(id, kind, message, errorCode));
    }

    @Override
    public void channelHeld(ChannelId channel, String reason) {
      attempt(
          "dispatch-held", () -> jdbi.useHandle(handle -> channels.held(handle, channel, reason)));
    }
  }

  /** Claims no more, waits for what is under way, and gives the channels back. */
  @Override
  public void close() {
    stopping = true;
    wake();
    threads.forEach(Thread::interrupt);
    working.values().forEach(ChannelDispatcher::stop);
    long end = System.nanoTime() + STOP_PATIENCE.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
      while (!working.isEmpty() && System.nanoTime() - end < 0) {
        renewLeases();
        Thread.sleep(QUIET_POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!working.isEmpty()) {
      log.warn(
          "Stopped with batches under way; they will be unconfirmed channels={}", working.size());
    }
  }
}
