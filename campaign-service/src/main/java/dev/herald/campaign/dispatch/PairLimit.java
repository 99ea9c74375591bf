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

  /**
   * Takes a place for a message to this person.
   *
   * @return 0 if it may leave now, else how many nanoseconds it must wait; no place is taken then
   */
  synchronized long reserve(long phone, long nowNanos) {
    forget(nowNanos);
    long next = expected.getOrDefault(phone, nowNanos);
    long base = next - nowNanos > 0 ? next : nowNanos;
    long wait = base - BURST - nowNanos;
    if (wait > 0) {
      return wait;
    }
    // Removed first, so that the map stays ordered by the time of writing.
    expected.remove(phone);
    expected.put(phone, base + INTERVAL);
    return 0;
  }

  private void forget(long nowNanos) {
    Iterator<Long> oldest = expected.values().iterator();
    while (oldest.hasNext() && (oldest.next() - nowNanos < 0 || expected.size() > MAX_PEOPLE)) {
      oldest.remove();
    }
  }
}
