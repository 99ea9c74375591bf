package dev.herald.reliability.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What WhatsApp's stand-in wrote down: which messages it took, and what it told of each and had
 * acknowledged.
 */
final class WhatsAppRecord {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By campaign and ordinal; more than one means that somebody was messaged twice. */
  private final Map<Long, Map<Integer, List<Taken>>> campaigns = new HashMap<>();

  /**
   * A message that was taken.
   *
   * @param at microseconds since 1970
   * @param told the updates that Herald answered with 200
   */
  record Taken(long id, long at, long to, String country, int lot, Set<String> told) {}

  private WhatsAppRecord() {}

  /** Reads the file; a last line that is still being written is left out. */
  static WhatsAppRecord read(Path file) throws IOException {
    WhatsAppRecord record = new WhatsAppRecord();
    Map<Long, Taken> byId = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      String text = lines.readLine();
      while (text != null) {
        String next = lines.readLine();
        JsonNode line;
        try {
          line = JSON.readTree(text);
        } catch (IOException e) {
          if (next == null) {
            break;
          }
          throw e;
        }
        record.add(line, byId);
        text = next;
      }
    }
    return record;
  }

  private void add(JsonNode line, Map<Long, Taken> byId) {
    switch (line.path("event").asText()) {
      case "accepted" -> {
        // h1.<campaign>.<ordinal>.<country>.<lot>.<mac>
        String[] key = line.path("callback_data").asText().split("\\.");
        if (key.length != 6) {
          return;
        }
        Taken taken =
            new Taken(
                line.path("id").asLong(),
                line.path("at").asLong(),
                line.path("to").asLong(),
                key[3],
                Integer.parseInt(key[4]),
                new TreeSet<>());
        byId.put(taken.id(), taken);
        campaigns
            .computeIfAbsent(Long.parseLong(key[1]), id -> new TreeMap<>())
            .computeIfAbsent(Integer.parseInt(key[2]), ordinal -> new ArrayList<>())
            .add(taken);
      }
      case "acknowledged" -> {
        for (JsonNode update : line.path("updates")) {
          Taken taken = byId.get(update.path(0).asLong());
          if (taken != null) {
            taken.told().add(update.path(1).asText());
          }
        }
      }
      default -> {
        // Settings of the stand-in.
      }
    }
  }

  Map<Integer, List<Taken>> campaign(long id) {
    return campaigns.getOrDefault(id, Map.of());
  }
}
