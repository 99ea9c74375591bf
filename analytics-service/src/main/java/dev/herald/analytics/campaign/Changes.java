package dev.herald.analytics.campaign;

import dev.herald.analytics.campaign.CampaignStore.Changed;
import dev.herald.analytics.campaign.CampaignStore.Owned;
import dev.herald.analytics.v1.CampaignAnalytics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells watchers what changed. One look at the database serves all of them, whichever instance the
 * evidence reached; nobody watching means no look. A slow watcher finds only the newest state.
 */
public final class Changes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Changes.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final CampaignStore store;
  private final Costs costs;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closed;

  /** One watcher: what changed since it looked last, a campaign at most once. */
  static final class Watch {
    private final long workspace;
    // 0: every campaign of the workspace.
    private final long campaign;
    private final Map<Long, CampaignAnalytics> news = new HashMap<>();

    private Watch(long workspace, long campaign) {
      this.workspace = workspace;
      this.campaign = campaign;
    }

    private synchronized void tell(CampaignAnalytics analytics) {
      news.put(analytics.getCampaignId(), analytics);
      notifyAll();
    }

    /** What is new, or nothing when the time is over. */
    synchronized List<CampaignAnalytics> await(Duration atMost) throws InterruptedException {
      long end = System.nanoTime() + atMost.toNanos();
      while (news.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return List.of();
        }
        wait(left);
      }
      List<CampaignAnalytics> taken = new ArrayList<>(news.values());
      news.clear();
      return taken;
    }
  }

  public Changes(CampaignStore store, Costs costs) {
    this.store = store;
    this.costs = costs;
    this.thread = Thread.ofVirtual().name("changes").start(this::run);
  }

  Watch watch(long workspace, long campaign) {
    Watch watch = new Watch(workspace, campaign);
    watches.add(watch);
    return watch;
  }

  void end(Watch watch) {
    watches.remove(watch);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join(Duration.ofSeconds(5));
  }

  private void run() {
    String horizon = "0";
    Map<Long, Long> told = new HashMap<>();
    try {
      while (!closed) {
        Thread.sleep(LOOK_EVERY);
        if (watches.isEmpty()) {
          told.clear();
          continue;
        }
        try {
          horizon = look(horizon, told);
        } catch (RuntimeException e) {
          log.warn("Watchers wait: the last look failed cause={}", e.toString());
        }
      }
    } catch (InterruptedException e) {
      log.debug("Changes stopped");
    }
  }

  private String look(String horizon, Map<Long, Long> told) {
    Map<Long, List<Watch>> byCampaign = new HashMap<>();
    Map<Long, List<Watch>> byWorkspace = new HashMap<>();
    for (Watch watch : watches) {
      Map<Long, List<Watch>> map = watch.campaign == 0 ? byWorkspace : byCampaign;
      long key = watch.campaign == 0 ? watch.workspace : watch.campaign;
      map.computeIfAbsent(key, id -> new ArrayList<>()).add(watch);
    }
    Changed changed =
        store.changedSince(horizon, ids(byCampaign.keySet()), ids(byWorkspace.keySet()));
    Map<Long, List<CampaignAnalytics>> news = new HashMap<>();
    Set<Long> seen = new HashSet<>();
    for (Owned owned : changed.campaigns()) {
      CampaignAnalytics analytics = owned.analytics();
      seen.add(analytics.getCampaignId());
      Long before = told.put(analytics.getCampaignId(), analytics.getVersion());
      if (before == null || before < analytics.getVersion()) {
        news.computeIfAbsent(owned.workspaceId(), id -> new ArrayList<>()).add(analytics);
      }
    }
    // What is not seen any more lies before the horizon and comes back only with a new version.
    told.keySet().retainAll(seen);
    news.forEach(
        (workspace, analytics) -> {
          for (CampaignAnalytics one : costs.added(workspace, analytics)) {
            byWorkspace.getOrDefault(workspace, List.of()).forEach(watch -> watch.tell(one));
            byCampaign.getOrDefault(one.getCampaignId(), List.of()).stream()
                .filter(watch -> watch.workspace == workspace)
                .forEach(watch -> watch.tell(one));
          }
        });
    return changed.horizon();
  }

  private static long[] ids(Set<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }
}
