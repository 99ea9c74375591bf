package dev.herald.campaign.upkeep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs small jobs again and again. Every job takes its work with locks that skip each other, so
 * that any number of instances may run it; a job that fails is logged and tried at its next turn.
 */
public final class Upkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final List<Thread> threads = new ArrayList<>();
  private final MeterRegistry metrics;
  private volatile boolean stopping;

  /** One job; true if there is more to do at once. */
  @FunctionalInterface
  public interface Job {
    boolean run();
  }

  public Upkeep(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  /** Runs the job now and then at intervals, until closed. */
  public Upkeep every(Duration interval, String name, Job job) {
    Counter failures = Counter.builder("herald.upkeep.failures").tag("job", name).register(metrics);
    threads.add(
        Thread.ofVirtual()
            .name("upkeep-" + name)
            .start(
                () -> {
                  try {
                    while (!stopping) {
                      if (!attempt(name, job, failures)) {
                        Thread.sleep(interval);
                      }
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    return this;
  }

  private boolean attempt(String name, Job job, Counter failures) {
    try {
      return job.run();
    } catch (RuntimeException e) {
      if (!stopping) {
        failures.increment();
        log.warn("A job failed and will be repeated job={}", name, e);
      }
      return false;
    }
  }

  @Override
  public void close() {
    stopping = true;
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(STOP_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
