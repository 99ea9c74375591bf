package dev.herald.analytics.retention;

import dev.herald.analytics.retention.RetentionStore.Candidate;
import dev.herald.analytics.retention.RetentionStore.Removable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes, in the background, single messages whose first evidence is older than the set age. The
 * figures of their campaigns stay exact for ever: a message is first closed, so that evidence that
 * comes too late is refused and not counted as a new message's; it is removed when every merge that
 * may not have noticed is over. A block of 4096 ordinals goes in one short transaction that touches
 * no row a merge still needs.
 */
public final class Retention implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration AFTER_START = Duration.ofMinutes(1);
  private static final Duration MERGES_END = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int CAMPAIGNS = 500;

  private final RetentionStore store;
  private final Duration keep;
  private final InstantSource clock;
  private final Thread thread;
  private volatile boolean closed;

  /** Starts; the first run is a minute later, then one every hour. */
  public Retention(Jdbi jdbi, Duration keep, InstantSource clock) {
    this.store = new RetentionStore(jdbi);
    this.keep = keep;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("retention").start(this::loop);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join(Duration.ofSeconds(10));
  }

  private void loop() {
    try {
      Thread.sleep(AFTER_START);
      while (true) {
        try {
          run();
        } catch (RuntimeException e) {
          if (closed) {
            return;
          }
          log.warn("Old messages are removed later: this run failed cause={}", e.toString());
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      log.debug("Retention stopped");
    }
  }

  Duration kept() {
    return keep;
  }

  /** One run; returns how many blocks of messages were removed. */
  public int run() throws InterruptedException {
    closeOld();
    int removed = 0;
    List<Removable> closed = store.removable(CAMPAIGNS);
    while (!closed.isEmpty()) {
      if (!mergesAreOver()) {
        log.info("Old messages are removed later: a transaction has been running for too long");
        return removed;
      }
      for (Removable campaign : closed) {
        removed += remove(campaign);
      }
      closed = store.removable(CAMPAIGNS);
    }
    while (store.forgetUnattributedBatches() > 0) {
      Thread.sleep(LOOK_AGAIN);
    }
    if (removed > 0) {
      log.info("Removed old messages blocks={} age={}", removed, keep);
    }
    return removed;
  }

  private void closeOld() {
    Instant cutoff = clock.instant().minus(keep);
    long cutoffMicros = TimeUnit.MILLISECONDS.toMicros(cutoff.toEpochMilli());
    long after = 0;
    List<Candidate> page;
    do {
      page = store.candidates(after, CAMPAIGNS);
      for (Candidate campaign : page) {
        long below =
            Closing.below(
                campaign.closedBelow(),
                campaign.isFinished(),
                store.blocks(campaign),
                cutoffMicros);
        if (below > campaign.closedBelow()) {
          store.close(campaign.campaignId(), below);
        }
        after = campaign.campaignId();
      }
    } while (page.size() == CAMPAIGNS);
  }

  /** Waits until every merge that may have begun before the closing is over. */
  private boolean mergesAreOver() throws InterruptedException {
    String moment = store.now();
    long end = System.nanoTime() + MERGES_END.toNanos();
    while (!store.isOver(moment)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_AGAIN);
    }
    return true;
  }

  private int remove(Removable campaign) {
    store.keepTitles(campaign.campaignId());
    int first = (int) (campaign.removedBelow() / Closing.BLOCK_MESSAGES);
    int end = (int) (campaign.closedBelow() / Closing.BLOCK_MESSAGES);
    for (int block = first; block < end; block++) {
      store.remove(campaign.campaignId(), block);
    }
    return end - first;
  }
}
