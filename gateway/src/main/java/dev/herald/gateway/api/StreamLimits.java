package dev.herald.gateway.api;

import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** How many live streams there may be: in all, of one workspace and of one principal. */
public final class StreamLimits {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final int mostOfWorkspace;
  private final int mostOfPrincipal;
  private final Semaphore all;
  private final ConcurrentHashMap<Object, AtomicInteger> open = new ConcurrentHashMap<>();

  private record Holder(long workspace, String subject) {}

  public StreamLimits(int most, int mostOfWorkspace, int mostOfPrincipal) {
    this.all = new Semaphore(most);
    this.mostOfWorkspace = mostOfWorkspace;
    this.mostOfPrincipal = mostOfPrincipal;
  }

  /** A place that must be given back. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  Place take(Principal principal) {
    Holder holder = new Holder(principal.workspace(), principal.subject());
    if (!all.tryAcquire()) {
      throw full();
    }
    if (!take(principal.workspace(), mostOfWorkspace)) {
      all.release();
      throw full();
    }
    if (!take(holder, mostOfPrincipal)) {
      release(principal.workspace());
      all.release();
      throw full();
    }
    return () -> {
      release(holder);
      release(principal.workspace());
      all.release();
    };
  }

  private boolean take(Object key, int most) {
    boolean[] taken = new boolean[1];
    open.compute(
        key,
        (ignored, count) -> {
          AtomicInteger known = count == null ? new AtomicInteger() : count;
          taken[0] = known.get() < most;
          if (taken[0]) {
            known.incrementAndGet();
          }
          return known;
        });
    return taken[0];
  }

  private void release(Object key) {
    open.computeIfPresent(key, (ignored, count) -> count.decrementAndGet() == 0 ? null : count);
  }

  private static HeraldException full() {
    return HeraldException.exhausted(
        "TOO_MANY_STREAMS",
        "Too many live streams are open. Close one, or ask for the figures now and then.",
        RETRY_AFTER);
  }
}
