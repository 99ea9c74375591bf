package dev.herald.simulator.journal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Callback data that was accepted although it had been accepted before. */
final class Repetitions {
  private static final int MOST_KEPT = 10_000;

  private final List<String> callbacks = new ArrayList<>();
  private long count;

  /** Counts the callback if one of the messages taken so far has it, too. */
  void note(byte[] callback, Chunks taken) {
    boolean[] known = new boolean[1];
    for (Chunk chunk : taken) {
      chunk.rowsOfCallback(callback, row -> known[0] |= Facts.hasCallback(chunk.facts[row]));
    }
    if (known[0]) {
      count++;
      if (callbacks.size() < MOST_KEPT) {
        callbacks.add(new String(callback, StandardCharsets.UTF_8));
      }
    }
  }

  long count() {
    return count;
  }

  /** The first ten thousand. */
  List<String> callbacks() {
    return List.copyOf(callbacks);
  }

  void clear() {
    callbacks.clear();
    count = 0;
  }
}
