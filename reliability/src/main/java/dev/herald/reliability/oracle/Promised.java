package dev.herald.reliability.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Herald acknowledged to its clients, as they wrote it down one JSON object a line. */
final class Promised {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Long, Campaign> campaigns = new TreeMap<>();
  private final Map<String, Long> topUps = new HashMap<>();

  /** What was acknowledged about one campaign. */
  static final class Campaign {
    final long id;

    /** Who was to be messaged, by ordinal. */
    final Map<Integer, Long> phones = new TreeMap<>();

    /** Acknowledged API calls, by their idempotency key. */
    final Map<String, Integer> triggers = new HashMap<>();

    /** Times between which nothing may leave, in microseconds since 1970. */
    final List<long[]> barriers = new ArrayList<>();

    String type = "BROADCAST";
    boolean launched;
    boolean stopped;

    Campaign(long id) {
      this.id = id;
    }
  }

  static Promised read(Path file) throws IOException {
    Promised promised = new Promised();
    for (String line : Files.readAllLines(file)) {
      promised.add(JSON.readTree(line));
    }
    return promised;
  }

  private void add(JsonNode line) {
    String kind = line.path("kind").asText();
    if (kind.equals("top_up")) {
      topUps.put(line.path("request").asText(), line.path("micros").asLong());
      return;
    }
    Campaign campaign = campaigns.computeIfAbsent(line.path("campaign").asLong(), Campaign::new);
    long at = line.path("at").asLong();
    switch (kind) {
      case "created" -> campaign.type = line.path("type").asText();
      case "audience" -> {
        campaign.phones.clear();
        int ordinal = 0;
        for (JsonNode phone : line.path("phones")) {
          campaign.phones.put(ordinal++, phone.asLong());
        }
      }
      case "triggered" -> {
        int ordinal = line.path("ordinal").asInt();
        campaign.triggers.put(line.path("request").asText(), ordinal);
        campaign.phones.put(ordinal, line.path("phone").asLong());
      }
      case "launched" -> campaign.launched = true;
      case "paused" -> campaign.barriers.add(new long[] {at, Long.MAX_VALUE});
      case "resuming" ->
          campaign.barriers.forEach(barrier -> barrier[1] = Math.min(barrier[1], at));
      // Answered while messages were still in flight: it is stopped, and no barrier yet.
      case "stopping" -> campaign.stopped = true;
      case "stopped" -> {
        campaign.stopped = true;
        campaign.barriers.add(new long[] {at, Long.MAX_VALUE});
      }
      default -> throw new IllegalArgumentException("Unknown acknowledgement " + kind);
    }
  }

  Map<Long, Campaign> campaigns() {
    return campaigns;
  }

  long toppedUp() {
    return topUps.values().stream().mapToLong(Long::longValue).sum();
  }
}
