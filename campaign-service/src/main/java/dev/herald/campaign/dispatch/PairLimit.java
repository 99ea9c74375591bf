package dev.herald.campaign.dispatch;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps one person from getting many messages of a channel at once: a few may follow each other,
 * then one every six seconds. WhatsApp enforces the same and charges bursts against the future.
 *
 * <p>In memory of the channel's one owner; after a change of owners WhatsApp's own refusal stands
 * in.
 */
final class PairLimit {
  private static final long INTERVAL = Duration.ofSeconds(6).toNanos();
  private static final long BURST = 4 * INTERVAL;
  private static final int MAX_PEOPLE = 50_000;

  private final Map<Long, Long> expected = new LinkedHashMap<>();

  /** How many nanoseconds a message to this person must wait; 0 if it may leave now. */
  synchronized long nanosToNext(long phone, long nowNanos) {
    forget(nowNanos);
    return Math.max(0, base(phone, nowNanos) - BURST - nowNanos);
  }

  /** A message to this person leaves now. */
  synchronized void use(long phone, long nowNanos) {
    long next = base(phone, nowNanos) + INTERVAL;
    // Removed first, so that the map stays ordered by the time of writing.
    expected.remove(phone);
    expected.put(phone, next);
  }

  /** How many people are remembered. */
  synchronized int size() {
    return expected.size();
  }

  private long base(long phone, long nowNanos) {
    long next = expected.getOrDefault(phone, nowNanos);
    return next - nowNanos > 0 ? next : nowNanos;
  }

  private void forget(long nowNanos) {
    Iterator<Long> oldest = expected.values().iterator();
    while (oldest.hasNext() && (oldest.next() - nowNanos < 0 || expected.size() > MAX_PEOPLE)) {
      oldest.remove();
    }
  }
}
