package dev.herald.runtime.groupcommit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/**
 * A bounded queue that gives out as much as fits one batch. All state is under the one lock, so
 * that nothing is accepted after the last batch has been taken.
 */
final class Gathering<T> {
  enum Offer {
    ACCEPTED,
    FULL,
    CLOSED
  }

  private final int maxBatch;
  private final int maxQueue;
  private final ToIntFunction<T> weight;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<T> items = new ArrayDeque<>();
  private long queued;
  private boolean closed;

  Gathering(int maxBatch, int maxQueue, ToIntFunction<T> weight) {
    this.maxBatch = maxBatch;
    this.maxQueue = maxQueue;
    this.weight = weight;
  }

  Offer offer(T item) {
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      int itemWeight = weight.applyAsInt(item);
      // An item heavier than the whole queue is taken when nothing else waits.
      if (queued > 0 && queued + itemWeight > maxQueue) {
        return Offer.FULL;
      }
      items.add(item);
      queued += itemWeight;
      changed.signal();
      return Offer.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for something to do; empty when closed and drained. */
  List<T> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (items.isEmpty() && !closed) {
        changed.await();
      }
      return batch();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long weight() {
    lock.lock();
    try {
      return queued;
    } finally {
      lock.unlock();
    }
  }

  private List<T> batch() {
    List<T> batch = new ArrayList<>();
    long total = 0;
    T next = items.peek();
    while (next != null && (batch.isEmpty() || total + weight.applyAsInt(next) <= maxBatch)) {
      items.remove();
      batch.add(next);
      total += weight.applyAsInt(next);
      next = items.peek();
    }
    queued -= total;
    return batch;
  }
}
