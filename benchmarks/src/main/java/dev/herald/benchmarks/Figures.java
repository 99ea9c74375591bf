package dev.herald.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The figures of one run, in the order they were measured. */
final class Figures {
  private final Map<String, String> values = new LinkedHashMap<>();

  Figures add(String key, long value) {
    values.put(key, Long.toString(value));
    return this;
  }

  Figures add(String key, double value) {
    values.put(key, String.format(Locale.ROOT, "%.3f", value));
    return this;
  }

  Map<String, String> map() {
    return values;
  }

  static double median(double[] values) {
    return percentile(values, 0.5);
  }

  /** The smallest value that at least this share of all values does not exceed. */
  static double percentile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }
}
