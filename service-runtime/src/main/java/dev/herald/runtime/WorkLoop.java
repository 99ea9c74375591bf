package dev.herald.runtime;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that looks for work again and again: at once while there is more, else when it is woken
 * or has rested. What fails is logged and tried again after a rest.
 */
public final class WorkLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkLoop.class);

  private final String name;
  private final Duration rest;
  private final Duration closeWait;
  private final Step step;
  private final Wake wake = new Wake();
  private final Thread thread;
  private volatile boolean stopping;

  /** One look. */
  public interface Step {
    /** Does what there is; true if there may be more. */
    boolean run() throws InterruptedException;
  }

  /**
   * @param closeWait how long a step under way may go on at the end, before it is interrupted
   */
  public WorkLoop(String name, Duration rest, Duration closeWait, Step step) {
    this.name = name;
    this.rest = rest;
    this.closeWait = closeWait;
    this.step = step;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Says that there is something to do. */
  public void wake() {
    wake.call();
  }

  private void run() {
    try {
      while (!stopping) {
        if (!look()) {
          wake.await(rest);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean look() throws InterruptedException {
    try {
      return step.run();
    } catch (RuntimeException e) {
      log.warn("The work cannot be done just now loop={}", name, e);
      Thread.sleep(rest);
      return true;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    wake.call();
    if (!thread.join(closeWait)) {
      thread.interrupt();
    }
  }
}
