package dev.herald.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * What a figure is aimed at, as docs/benchmarks.md has it.
 *
 * @param most true: it should not be more than {@code bound}; false: not less
 */
record Goal(String benchmark, String figure, boolean most, double bound) {
  static final List<Goal> ALL =
      List.of(
          atMost("main-job", "growth", 1.05),
          atLeast("dispatch", "sustained_per_s", 990),
          atMost("dispatch", "worst_window_per_s", 1000),
          atLeast("dispatch", "ratio_to_bare_client", 0.6),
          atLeast("import", "ratio_to_copy", 0.35),
          atLeast("ingest", "ratio_to_copy", 0.2),
          atLeast("ingest", "ratio_to_row_by_row", 40),
          atMost("read", "p99_ratio", 1.3),
          atMost("message-pages", "slowest_first_page_ms", 150),
          atMost("watch", "p99_ms", 1000),
          atLeast("ledger", "ratio_to_bare_insert", 0.3),
          atLeast("webhook", "ratio_to_healthz", 0.35),
          atLeast("webhook", "batched_ratio_to_ingest", 0.6),
          atMost("export", "first_byte_ms", 300),
          atMost("redirect", "p99_ms", 10),
          atMost("start", "slowest_service_ms", 4000),
          atMost("start", "standalone_ms", 8000),
          atMost("start", "standalone_idle_mib", 400));

  private static Goal atMost(String benchmark, String figure, double bound) {
    return new Goal(benchmark, figure, true, bound);
  }

  private static Goal atLeast(String benchmark, String figure, double bound) {
    return new Goal(benchmark, figure, false, bound);
  }

  /** The goal of a figure, or an empty list. */
  static List<Goal> of(String benchmark, String figure) {
    return ALL.stream()
        .filter(goal -> goal.benchmark().equals(benchmark) && goal.figure().equals(figure))
        .toList();
  }

  boolean isMet(double value) {
    return most ? value <= bound : value >= bound;
  }

  String text() {
    String number =
        bound == Math.rint(bound)
            ? String.format(Locale.ROOT, "%.0f", bound)
            : Double.toString(bound);
    return (most ? "≤ " : "≥ ") + number;
  }
}
