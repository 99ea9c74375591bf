package dev.herald.runtime;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes a thread that otherwise looks for work by itself now and then. However often it is called
 * before the thread looks, the thread looks once.
 */
public final class Wake {
  private final Semaphore calls = new Semaphore(0);

  public void call() {
    if (calls.availablePermits() == 0) {
      calls.release();
    }
  }

  /** Returns when called, or after this time; a call since the last wait counts. */
  public void await(Duration longest) throws InterruptedException {
    if (calls.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      calls.drainPermits();
    }
  }
}
