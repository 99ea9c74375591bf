package dev.herald.reliability.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.reliability.client.StatusWebhooks;
import dev.herald.reliability.schedule.Lane;
import dev.herald.reliability.stack.Installation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Five times what the installation can do of webhooks, API calls and reads, one after the other:
 * what is refused is refused clearly, what was acknowledged is there afterwards, and within ten
 * seconds all is as before.
 */
public final class Overload {
  private static final int FACTOR = 5;
  private static final int AUDIENCE = 2000;
  private static final Duration MEASURED = Duration.ofSeconds(3);
  private static final Duration LASTS = Duration.ofSeconds(8);
  private static final Duration RECOVERY = Duration.ofSeconds(10);
  private static final Duration APPLIED = Duration.ofSeconds(60);
  private static final int READ = 16;

  private final ObjectMapper json = new ObjectMapper();
  private final Lane lane;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Set<Integer> told = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> triggered = new ConcurrentHashMap<>();
  private @Nullable StatusWebhooks webhooks;

  private Overload(Lane lane) {
    this.lane = lane;
  }

  /** Prints a line for each kind and the verdict; true if all was as promised. */
  public static boolean run(Path folder) throws Exception {
    try (Lane lane = Lane.open(folder)) {
      return new Overload(lane).run();
    }
  }

  private boolean run() throws Exception {
    // Nobody reads by himself, so that what is read was told by us.
    lane.whatsapp()
        .behave(
            Map.of(
                "delivered_rate",
                "0",
                "failure_rate",
                "0",
                "contradiction_rate",
                "0",
                "silence_rate",
                "0"));
    String broadcast = lane.campaign("Overload", false, AUDIENCE, 500);
    lane.awaitSent(broadcast);
    webhooks = StatusWebhooks.of(lane.installation(), broadcast, AUDIENCE);
    String live = lane.campaign("Live overload", true, 0, 500);

    List<Flood> floods =
        List.of(
            new Flood(
                "webhooks", http, this::webhook, (number, answer) -> told.add(ordinal(number))),
            new Flood("triggers", http, number -> trigger(live, number), this::noteTriggered),
            new Flood("reads", http, number -> read(broadcast), (number, answer) -> {}));
    int violations = 0;
    for (Flood flood : floods) {
      violations += flood(flood);
    }
    long lost = lost(broadcast, live);
    violations += lost > 0 ? 1 : 0;
    System.out.printf(
        "overload factor=%d acknowledged_webhook_facts=%d acknowledged_triggers=%d lost=%d"
            + " violations=%d%n",
        FACTOR, told.size(), triggered.size(), lost, violations);
    return violations == 0;
  }

  private int flood(Flood flood) throws InterruptedException {
    int capacity = flood.capacity(MEASURED);
    flood.overload(FACTOR * capacity, LASTS);
    Duration recovery = flood.recovery();
    boolean late = recovery.compareTo(RECOVERY) > 0;
    System.out.printf(
        "%-9s capacity %d/s, offered %d/s for %d s; answers %s; as before after %.1f s%n",
        flood.name(),
        capacity,
        FACTOR * capacity,
        LASTS.toSeconds(),
        flood.answers(),
        recovery.toMillis() / 1000.0);
    flood
        .unclear()
        .forEach((status, body) -> System.out.println("  not clear: " + status + " " + body));
    return (late ? 1 : 0) + (flood.unclear().isEmpty() ? 0 : 1);
  }

  private static int ordinal(int number) {
    return number % AUDIENCE;
  }

  private HttpRequest webhook(int number) {
    return Objects.requireNonNull(webhooks).request("read", List.of(ordinal(number)));
  }

  private HttpRequest trigger(String campaign, int number) {
    String body =
        "{\"recipients\":[{\"phone\":\"+91%d\",\"name\":\"Guest\",\"parameters\":{\"body.1\":\"Guest\"}}]}"
            .formatted(phone(number));
    return authorized("/api/v1/campaigns/" + campaign + ":trigger")
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", "overload-" + number)
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static long phone(int number) {
    return 9_850_000_000L + number;
  }

  private void noteTriggered(int number, java.net.http.HttpResponse<String> answer) {
    try {
      triggered.put(
          number, json.readTree(answer.body()).path("results").path(0).path("ordinal").asInt(-1));
    } catch (IOException e) {
      triggered.put(number, -1);
    }
  }

  private HttpRequest read(String campaign) {
    return authorized("/api/v1/campaigns/" + campaign + "/analytics").GET().build();
  }

  private HttpRequest.Builder authorized(String path) {
    return HttpRequest.newBuilder(gateway(path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + Installation.API_KEY);
  }

  private URI gateway(String path) {
    return lane.installation().gateway().resolve(path);
  }

  /** What was acknowledged and is not there, once all that was logged has been applied. */
  private long lost(String broadcast, String live) throws SQLException {
    long deadline = System.nanoTime() + APPLIED.toNanos();
    while (true) {
      try (Connection database = lane.installation().postgres().connect()) {
        Set<Integer> missing = new java.util.TreeSet<>(told);
        missing.removeAll(
            numbers(
                database,
                "select ordinal from analytics.message where campaign_id = ? and evidence & "
                    + READ
                    + " > 0",
                broadcast));
        long untold =
            triggered.entrySet().stream()
                .filter(one -> !isStored(database, live, one.getValue(), phone(one.getKey())))
                .count();
        if (missing.size() + untold == 0 || System.nanoTime() - deadline > 0) {
          return missing.size() + untold;
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
  }

  private final Map<Integer, Long> stored = new TreeMap<>();

  private boolean isStored(Connection database, String live, int ordinal, long phone) {
    try {
      if (stored.isEmpty()) {
        try (PreparedStatement query =
            database.prepareStatement(
                """
                select ordinal, phone from campaign.recipient
                 where audience_id = (select audience_id from campaign.campaign where campaign_id = ?)
                """)) {
          query.setLong(1, Long.parseLong(live));
          try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
              stored.put(rows.getInt(1), rows.getLong(2));
            }
          }
        }
      }
      return Long.valueOf(910_000_000_000L + phone).equals(stored.get(ordinal));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> numbers(Connection database, String sql, String campaign)
      throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement query = database.prepareStatement(sql)) {
      query.setLong(1, Long.parseLong(campaign));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getInt(1));
        }
      }
    }
    return numbers;
  }
}
