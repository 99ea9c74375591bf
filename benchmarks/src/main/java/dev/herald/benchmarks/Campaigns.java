package dev.herald.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.standalone.Api;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Prepares and launches campaigns over HTTP, as an integrator would. */
final class Campaigns {
  private static final String MUCH_MONEY = "900000000000";
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofMinutes(20);

  private final Api api;

  private Campaigns(Api api) {
    this.api = api;
  }

  /** With enough money for any benchmark. */
  static Campaigns of(Api api) {
    api.post(
        "wallet:topUp",
        Map.of("amount", Map.of("currency", "USD", "micros", MUCH_MONEY)),
        "benchmark-money");
    return new Campaigns(api);
  }

  String firstChannel() {
    return api.get("channels").path("channels").get(0).path("id").asText();
  }

  void rate(String channelId, int perSecond) {
    api.patch("channels/" + channelId, Map.of("rate", perSecond));
  }

  /** An approved marketing template of the channel with one parameter. */
  String template(String channelId) {
    for (JsonNode template :
        api.get("templates?channelId=" + channelId + "&statuses=APPROVED").path("templates")) {
      if (template.path("category").asText().equals("MARKETING")
          && template.path("placeholders").size() == 1) {
        return template.path("id").asText();
      }
    }
    throw new IllegalStateException("The channel has no such template");
  }

  String draft(String name, String channelId, String templateId) {
    return api.post(
            "campaigns",
            Map.of(
                "name",
                name,
                "type",
                "BROADCAST",
                "channelId",
                channelId,
                "content",
                Map.of("template", Map.of("templateId", templateId))))
        .path("id")
        .asText();
  }

  void upload(String id, int first, int audience) {
    api.postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(csv(first, audience)));
  }

  void launch(String id) {
    api.post("campaigns/" + id + ":launch", Map.of());
  }

  JsonNode analytics(String id) {
    return api.get("campaigns/" + id + "/analytics");
  }

  /** Waits until nobody of any of the campaigns is pending; says now and then how far it is. */
  void awaitSent(List<String> ids, String label) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    for (String id : ids) {
      int shown = -1;
      JsonNode analytics = analytics(id);
      while (!analytics.path("status").asText().equals("SENT")) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("The campaign did not finish within " + LONGEST);
        }
        int tenth =
            10
                * analytics.path("submitted").asInt()
                / Math.max(1, analytics.path("audience").asInt());
        if (tenth != shown) {
          shown = tenth;
          System.err.printf("%s: %d0 %% submitted%n", label, tenth);
        }
        LockSupport.parkNanos(POLL.toNanos());
        analytics = analytics(id);
      }
    }
  }

  /** Numbers that only the simulator will ever see. */
  private static String csv(int first, int audience) {
    StringBuilder csv = new StringBuilder(audience * 32).append("phone,first_name,store\n");
    for (int i = first; i < first + audience; i++) {
      csv.append("+9198").append(10_000_000 + i).append(",Guest ").append(i).append(",North\n");
    }
    return csv.toString();
  }
}
