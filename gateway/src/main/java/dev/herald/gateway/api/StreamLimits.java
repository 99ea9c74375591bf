package dev.herald.gateway.api;

import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many live streams there may be: in all, of one workspace and of one principal. Closing ends
 * those that are open, so that a stop does not wait for clients who would stay for ever.
 */
public final class StreamLimits implements AutoCloseable {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  private final int mostOfWorkspace;
  private final int mostOfPrincipal;
  private final Semaphore all;
  private final ConcurrentHashMap<Object, AtomicInteger> open = new ConcurrentHashMap<>();
  private final Set<Place> places = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private record Holder(long workspace, String subject) {}

  public StreamLimits(int most, int mostOfWorkspace, int mostOfPrincipal) {
    this.all = new Semaphore(most);
    this.mostOfWorkspace = mostOfWorkspace;
    this.mostOfPrincipal = mostOfPrincipal;
  }

  /** A place that must be given back. */
  final class Place implements AutoCloseable {
    private final Holder holder;
    private volatile Runnable end = () -> {};

    private Place(Holder holder) {
      this.holder = holder;
    }

    /** What ends the stream when the process stops. */
    void endBy(Runnable action) {
      end = action;
      if (closed) {
        action.run();
      }
    }

    @Override
    public void close() {
      places.remove(this);
      release(holder);
      release(holder.workspace());
      all.release();
    }
  }

  Place take(Principal principal) {
    Holder holder = new Holder(principal.workspace(), principal.subject());
    if (closed) {
      throw HeraldException.unavailable("STOPPING", "This process is stopping. Try again.");
    }
    if (!all.tryAcquire()) {
      throw full();
    }
    if (!take(holder.workspace(), mostOfWorkspace)) {
      all.release();
      throw full();
    }
    if (!take(holder, mostOfPrincipal)) {
      release(holder.workspace());
      all.release();
      throw full();
    }
    Place place = new Place(holder);
    places.add(place);
    return place;
  }

  /** Ends all streams; none begins any more. */
  @Override
  public void close() {
    closed = true;
    places.forEach(place -> place.end.run());
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
