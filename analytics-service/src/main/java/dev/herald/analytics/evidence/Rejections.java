package dev.herald.analytics.evidence;

import dev.herald.analytics.v1.EvidenceRejection;
import java.util.List;
import java.util.TreeMap;

/** The elements of a request that were not taken, in its order. */
final class Rejections {
  private final TreeMap<Integer, EvidenceRejection> byIndex = new TreeMap<>();

  void add(int index, String reason, String message) {
    byIndex.put(
        index,
        EvidenceRejection.newBuilder()
            .setIndex(index)
            .setReason(reason)
            .setMessage("Element " + index + " was not taken: " + message)
            .build());
  }

  List<EvidenceRejection> list() {
    return List.copyOf(byIndex.values());
  }
}
