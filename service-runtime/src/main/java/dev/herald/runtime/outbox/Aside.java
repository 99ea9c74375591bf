package dev.herald.runtime.outbox;

import dev.herald.runtime.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rows that stood in everybody's way, by id. Kept in memory: a restart merely finds them again.
 * Written by the relay's thread only; read by metrics.
 */
final class Aside {
  private static final Backoff RETRY = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(10));

  private final Map<Long, AsideRow> rows = new ConcurrentHashMap<>();

  Set<Long> ids() {
    return rows.keySet();
  }

  List<AsideRow> rows() {
    return List.copyOf(rows.values());
  }

  int size() {
    return rows.size();
  }

  /** Another failure of this row; returns what is known of it now. */
  AsideRow failed(long id, int moreAttempts, Throwable error, long nowNanos) {
    AsideRow before = rows.get(id);
    int attempts = moreAttempts + (before == null ? 0 : before.attempts());
    int round = before == null ? 1 : attempts;
    AsideRow after =
        new AsideRow(id, attempts, nowNanos + RETRY.after(round).toNanos(), error.toString());
    rows.put(id, after);
    return after;
  }

  void forget(long id) {
    rows.remove(id);
  }

  /** The row whose time has come first. */
  Optional<AsideRow> due(long nowNanos) {
    return rows.values().stream()
        .filter(row -> row.nextAttempt() - nowNanos <= 0)
        .min((one, other) -> Long.signum(one.nextAttempt() - other.nextAttempt()));
  }

  /** The receiver works again after an outage: whoever was put aside meanwhile is due now. */
  void allDue(long nowNanos) {
    rows.replaceAll(
        (id, row) ->
            row.nextAttempt() - nowNanos > 0
                ? new AsideRow(id, row.attempts(), nowNanos, row.lastError())
                : row);
  }
}
