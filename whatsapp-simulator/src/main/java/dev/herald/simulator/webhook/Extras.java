package dev.herald.simulator.webhook;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Updates started by hand that somebody has yet to hear of. */
final class Extras {
  private static final int MOST = 200_000;

  private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong(1);

  /** An extra and how many targets have yet to acknowledge it; the count is set when it happens. */
  private record Waiting(Extra extra, AtomicInteger receivers) {}

  /** Keeps an extra and returns its number. */
  long add(Extra extra) {
    if (waiting.size() >= MOST) {
      throw new IllegalStateException(
          "too many updates started by hand are waiting (" + MOST + ")");
    }
    long id = next.getAndIncrement();
    waiting.put(id, new Waiting(extra, new AtomicInteger()));
    return id;
  }

  @Nullable Extra get(long id) {
    Waiting found = waiting.get(id);
    return found == null ? null : found.extra();
  }

  /** The extra is offered to so many targets. */
  void happened(long id, int receivers) {
    Waiting found = waiting.get(id);
    if (found != null) {
      found.receivers().set(receivers);
      if (receivers == 0) {
        waiting.remove(id);
      }
    }
  }

  void acknowledged(long id) {
    Waiting found = waiting.get(id);
    if (found != null && found.receivers().decrementAndGet() <= 0) {
      waiting.remove(id);
    }
  }

  void clear() {
    waiting.clear();
  }
}
