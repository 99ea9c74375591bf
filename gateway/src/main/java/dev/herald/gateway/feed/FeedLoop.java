package dev.herald.gateway.feed;

import dev.herald.runtime.Backoff;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks again and again, more seldom while nobody answers. */
final class FeedLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FeedLoop.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Backoff TROUBLE = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(6);

  private final String what;
  private final Step step;
  private final Thread thread;
  private volatile boolean stopping;

  /** One round of asking. */
  interface Step {
    /** True if there may be more. */
    boolean run();
  }

  FeedLoop(String what, Step step) {
    this.what = what;
    this.step = step;
    this.thread = Thread.ofVirtual().name("feed-" + what).start(this::run);
  }

  private void run() {
    int failures = 0;
    while (!stopping) {
      try {
        boolean more = step.run();
        failures = 0;
        if (!more && !rest(PAUSE)) {
          return;
        }
      } catch (StatusRuntimeException e) {
        failures++;
        if (failures == 1) {
          log.warn("Nobody says what happened what={} status={}", what, e.getStatus().getCode());
        }
      } catch (RuntimeException e) {
        failures++;
        log.warn("What happened cannot be told just now what={}", what, e);
      }
      if (failures > 0 && !rest(TROUBLE.after(failures))) {
        return;
      }
    }
  }

  private static boolean rest(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    if (!thread.join(Duration.ofMillis(100))) {
      thread.interrupt();
    }
    if (!thread.join(CLOSE_WAIT)) {
      log.warn("A feed did not end in time what={}", what);
    }
  }
}
