package dev.herald.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code key=value} words after a benchmark's name. */
final class Parameters {
  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  static Parameters parse(List<String> words) {
    Map<String, String> values = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("Expected key=value but got \"" + word + "\"");
      }
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return new Parameters(values);
  }

  int integer(String key, int fallback) {
    String value = values.get(key);
    return value == null ? fallback : Integer.parseInt(value);
  }
}
