package dev.herald.simulator.webhook;

import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.PlannedUpdate;
import dev.herald.simulator.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Everything that is going to happen, handed over when its time has come, in order, by one thread.
 */
final class Timeline implements AutoCloseable {
  private static final int MOST_AT_ONCE = 2048;

  private final Ticker ticker;
  private final Consumer<List<UpdateRef>> happening;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final UpdateHeap planned = new UpdateHeap();
  private int inHand;
  private boolean closed;

  Timeline(Ticker ticker, Consumer<List<UpdateRef>> happening) {
    this.ticker = ticker;
    this.happening = happening;
    this.thread = Thread.ofPlatform().daemon().name("simulator-timeline").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * Plans what an outcome says of a message; {@code leaveOut} are bits of updates that need not be
   * told any more.
   */
  void plan(long id, long acceptedAt, Outcome outcome, int leaveOut) {
    lock.lock();
    try {
      long next = planned.nextDue();
      for (PlannedUpdate update : outcome.updates()) {
        if ((update.update().bit() & leaveOut) == 0) {
          planned.push(
              acceptedAt + update.arrivesAfter(),
              new UpdateRef(id, update.update().code(), 0, acceptedAt + update.happensAfter()));
        }
      }
      wakeIfEarlier(next);
    } finally {
      lock.unlock();
    }
  }

  void plan(long dueAt, UpdateRef update) {
    lock.lock();
    try {
      long next = planned.nextDue();
      planned.push(dueAt, update);
      wakeIfEarlier(next);
    } finally {
      lock.unlock();
    }
  }

  private void wakeIfEarlier(long next) {
    if (planned.nextDue() < next) {
      changed.signal();
    }
  }

  void fastForward() {
    lock.lock();
    try {
      planned.pullForward(ticker.micros());
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Updates that have not been handed over yet. */
  int size() {
    lock.lock();
    try {
      return planned.size() + inHand;
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      planned.clear();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<UpdateRef> due = new ArrayList<>(MOST_AT_ONCE);
    while (takeDue(due)) {
      happening.accept(due);
    }
  }

  private boolean takeDue(List<UpdateRef> due) {
    due.clear();
    lock.lock();
    try {
      inHand = 0;
      while (!closed) {
        long now = ticker.micros();
        while (planned.nextDue() <= now && due.size() < MOST_AT_ONCE) {
          due.add(planned.pop());
        }
        if (!due.isEmpty()) {
          inHand = due.size();
          return true;
        }
        await(planned.nextDue() - now);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // The caller loops.
  private void await(long micros) {
    try {
      // An hour at most: a wait of centuries overflows.
      var _ = changed.awaitNanos(TimeUnit.MICROSECONDS.toNanos(Math.min(micros, 3_600_000_000L)));
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
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
