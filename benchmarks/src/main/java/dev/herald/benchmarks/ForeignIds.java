package dev.herald.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.standalone.Api;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/**
 * Whether the time of an answer betrays that an id exists in somebody else's workspace: the same
 * route with another tenant's id and with an invented one, in turn.
 */
final class ForeignIds implements Benchmark {
  private static final String INVENTED = "7";
  private static final int NOT_FOUND = 404;

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public String name() {
    return "foreign-ids";
  }

  @Override
  public String description() {
    return "Another tenant's id against an invented one; reads=600: worst_median_ratio over routes"
        + " (1 = no difference), routes";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int reads = parameters.integer("reads", 600);
    try (Lab lab = Lab.open(Read.NO_LIMIT);
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      JsonNode campaign = api.get("campaigns").path("campaigns").path(0);
      String id = campaign.path("id").asText();
      String template = campaign.path("content").path("template").path("templateId").asText();
      String channel = campaign.path("channelId").asText();
      URI base = lab.herald().address().resolve("/api/v1/");
      String key = api.ownerKeyOfNewWorkspace("Other", "other@example.com");
      Map<String, String> routes =
          Map.of(
              "campaigns/%s", id,
              "campaigns/%s/analytics", id,
              "campaigns/%s/failures", id,
              "campaigns/%s/messages", id,
              "campaigns/%s/statement", id,
              "templates/%s", template,
              "channels/%s", channel);
      double worst = 1;
      for (Map.Entry<String, String> route : routes.entrySet()) {
        double[][] millis = new double[2][reads];
        for (int i = -reads / 3; i < reads; i++) {
          double theirs = read(base, route.getKey().formatted(route.getValue()), key);
          double nobodys = read(base, route.getKey().formatted(INVENTED), key);
          if (i >= 0) {
            millis[0][i] = theirs;
            millis[1][i] = nobodys;
          }
        }
        double ratio = Figures.median(millis[0]) / Figures.median(millis[1]);
        System.err.printf("%.3f  %s (%.2f ms)%n", ratio, route.getKey(), Figures.median(millis[1]));
        worst = Math.max(worst, Math.max(ratio, 1 / ratio));
      }
      return new Figures().add("worst_median_ratio", worst).add("routes", routes.size()).map();
    }
  }

  private double read(URI base, String path, String key) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + key).build();
    long begin = System.nanoTime();
    int status = http.send(request, BodyHandlers.ofByteArray()).statusCode();
    double millis = (System.nanoTime() - begin) / 1e6;
    if (status != NOT_FOUND) {
      throw new IllegalStateException(path + " was answered " + status);
    }
    return millis;
  }
}
