package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.CampaignId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a channel has to do: the campaigns that wait for their turn, and how many messages are
 * claimed and not yet recorded, the window. That is what a crash can leave unconfirmed: 50 messages
 * or 100 ms of the rate, whichever is more. It grows only if WhatsApp answers so slowly that the
 * rate could not be used otherwise; never beyond one second's worth.
 */
final class Backlog {
  private static final int SMALLEST_WINDOW = 50;
  private static final int WEIGHT = 8;

  private final int rate;

  // Guards everything below; held for moments only.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CampaignId> work = new ArrayDeque<>();
  private int openMessages;
  private double claimMillis = 5;
  private double leadMillis = 10;
  private double tailMillis = 50;
  private boolean closed;

  Backlog(int rate) {
    this.rate = rate;
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

  /** Nobody waits any longer. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The campaign whose turn it is, which is no longer waiting then; null if none is. */
  @Nullable CampaignId next() {
    lock.lock();
    try {
      return work.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  /** It has more to send: behind the others. */
  void putBack(CampaignId id) {
    lock.lock();
    try {
      if (!work.contains(id)) {
        work.addLast(id);
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isIdle() {
    lock.lock();
    try {
      return work.isEmpty() && openMessages == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for something to change while no more than so many campaigns wait. */
  @SuppressWarnings(
      "WaitNotInLoop") // Its caller looks again anyway: to wake for nothing is harmless.
  void pause(Duration longest, int waiting) throws InterruptedException {
    lock.lock();
    try {
      if (work.size() <= waiting && !closed) {
        changed.awaitNanos(longest.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes room for so many messages, if there is some within this time. */
  boolean awaitRoom(int size, Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long left = longest.toNanos();
      while (openMessages > 0 && openMessages + size > window(size)) {
        if (left <= 0 || closed) {
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

  // While one batch comes (claim, recipients) or drains (answers, commit), others must keep the
  // rate going.
  private int window(int size) {
    int least = Math.max(Math.max(SMALLEST_WINDOW, rate / 10), 2 * size);
    int wanted = size + (int) Math.ceil(rate * (leadMillis + tailMillis) * 1.3 / 1000);
    return Math.clamp(wanted, least, Math.max(least, rate));
  }

  /** So many messages are recorded. */
  void release(int size) {
    lock.lock();
    try {
      openMessages -= size;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How long a claim took: one follows the other, so a batch must last for longer. */
  void observeClaim(long nanos) {
    lock.lock();
    try {
      claimMillis += (millis(nanos) - claimMillis) / WEIGHT;
    } finally {
      lock.unlock();
    }
  }

  /** How long a claim takes of late. */
  double claimMillis() {
    lock.lock();
    try {
      return claimMillis;
    } finally {
      lock.unlock();
    }
  }

  /** How long a batch took from before its claim to the start of its first message. */
  void observeLead(long nanos) {
    lock.lock();
    try {
      leadMillis += (millis(nanos) - leadMillis) / WEIGHT;
    } finally {
      lock.unlock();
    }
  }

  /** How long a batch took from the start of its last message to its record. */
  void observeTail(long nanos) {
    lock.lock();
    try {
      tailMillis += (millis(nanos) - tailMillis) / WEIGHT;
    } finally {
      lock.unlock();
    }
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
  }

  /** Waits until everything claimed is recorded. */
  void awaitRecorded(Duration longest) {
    lock.lock();
    try {
      long left = longest.toNanos();
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
