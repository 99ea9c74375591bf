package dev.herald.analytics.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What was found to differ, in plain sentences. */
final class Differences {
  private final List<String> sentences = new ArrayList<>();

  void add(String sentence) {
    sentences.add(sentence);
  }

  void compare(String what, long kept, long recomputed) {
    if (kept != recomputed) {
      add(what + " is " + kept + ", recomputed " + recomputed);
    }
  }

  void compare(String what, Map<Integer, Long> kept, Map<Integer, Long> recomputed) {
    Map<Integer, Long> all = new HashMap<>(kept);
    recomputed.forEach(all::putIfAbsent);
    for (Integer key : new TreeSet<>(all.keySet())) {
      compare(what + " " + key, kept.getOrDefault(key, 0L), recomputed.getOrDefault(key, 0L));
    }
  }

  boolean none() {
    return sentences.isEmpty();
  }

  List<String> sentences(int atMost) {
    return sentences.subList(0, Math.min(atMost, sentences.size()));
  }
}
