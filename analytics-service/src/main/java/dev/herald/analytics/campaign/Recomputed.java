package dev.herald.analytics.campaign;

import dev.herald.analytics.evidence.EvidenceSet;
import dev.herald.analytics.evidence.Meaning;
import dev.herald.analytics.v1.CampaignAnalytics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A campaign's figures, counted anew from its messages by the pure rule. */
final class Recomputed {
  static final List<String> COUNTERS = Meaning.COUNTERS;

  static final List<String> LINE_COUNTERS =
      List.of(
          "submitted",
          "sent",
          "delivered",
          "read",
          "failed",
          "released_on_sent",
          "released_on_delivered");

  private final Map<String, Long> counters = new HashMap<>();
  private final Map<String, Map<String, Long>> lines = new HashMap<>();
  private final Map<Integer, Long> failures = new HashMap<>();
  private final Map<Integer, Long> skips = new HashMap<>();
  private long messages;

  void add(EvidenceSet seen, String line, int failureCode, int skipReason, long count) {
    Meaning meaning = Meaning.of(seen);
    messages += count;
    COUNTERS.forEach(
        counter -> counters.merge(counter, meaning.counts(counter) ? count : 0, Long::sum));
    Map<String, Long> ofLine = lines.computeIfAbsent(line, key -> new HashMap<>());
    LINE_COUNTERS.forEach(
        counter -> ofLine.merge(counter, meaning.counts(counter) ? count : 0, Long::sum));
    if (meaning.failed()) {
      failures.merge(failureCode, count, Long::sum);
    }
    if (meaning.skipped()) {
      skips.merge(skipReason, count, Long::sum);
    }
  }

  long messages() {
    return messages;
  }

  long counter(String name) {
    return counters.getOrDefault(name, 0L);
  }

  Set<String> lines() {
    return lines.keySet();
  }

  long line(String line, String counter) {
    return lines.getOrDefault(line, Map.of()).getOrDefault(counter, 0L);
  }

  Map<Integer, Long> failures() {
    return failures;
  }

  Map<Integer, Long> skips() {
    return skips;
  }

  CampaignAnalytics analytics(long campaign) {
    return CampaignAnalytics.newBuilder()
        .setCampaignId(campaign)
        .setSubmitted(count("submitted"))
        .setSent(count("sent"))
        .setDelivered(count("delivered"))
        .setRead(count("read"))
        .setFailed(count("failed"))
        .setSkipped(count("skipped"))
        .setUnconfirmed(count("unconfirmed"))
        .setAccepted(count("accepted"))
        .setHeld(count("held"))
        .setReplied(count("replied"))
        .setClicked(count("clicked"))
        .setAnomalies(count("anomalies"))
        .setExpired(count("expired"))
        .build();
  }

  private int count(String counter) {
    return Math.toIntExact(counter(counter));
  }
}
