package dev.herald.reliability.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A well-mannered client: it repeats what was not answered, under the same idempotency key, until
 * it is.
 */
public final class Client {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration ONE_TRY = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Set<Integer> TRY_AGAIN = Set.of(408, 409, 425, 429);
  // Conflicts that asking again does not end, or only after a minute.
  private static final List<String> FINAL =
      List.of("AUDIENCE_IMPORT_RUNNING", "ILLEGAL_TRANSITION", "CAMPAIGN_ALREADY_SENT");

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http;
  private final URI address;
  private final String apiKey;
  private final AtomicLong repeated = new AtomicLong();

  public Client(HttpClient http, URI address, String apiKey) {
    this.http = http;
    this.address = address;
    this.apiKey = apiKey;
  }

  /** An answer that will not change by asking again. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    RefusedException(String request, int status, JsonNode problem) {
      super(request + " was answered " + status + ": " + problem);
      this.reason = problem.path("reason").asText();
    }

    public String reason() {
      return reason;
    }
  }

  /** How many requests had to be repeated. */
  public long repeated() {
    return repeated.get();
  }

  public JsonNode get(String path) {
    return send("GET", path, "application/json", "", "");
  }

  public JsonNode post(String path, Map<String, ?> body, String idempotencyKey) {
    return send(
        "POST", path, "application/json", json.valueToTree(body).toString(), idempotencyKey);
  }

  public JsonNode patch(String path, Map<String, ?> body) {
    return send("PATCH", path, "application/json", json.valueToTree(body).toString(), "");
  }

  public JsonNode csv(String path, String csv) {
    return send("POST", path, "text/csv", csv, "");
  }

  private JsonNode send(String method, String path, String type, String body, String key) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address.resolve("/api/v1/" + path))
            .timeout(ONE_TRY)
            .header("Authorization", "Bearer " + apiKey)
            .method(
                method,
                method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!method.equals("GET")) {
      builder.header("Content-Type", type);
    }
    if (!key.isEmpty()) {
      builder.header("Idempotency-Key", key);
    }
    return repeat(builder.build(), method + " " + path);
  }

  private JsonNode repeat(HttpRequest request, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() - deadline < 0) {
      try {
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        int status = response.statusCode();
        if (status / 100 == 2) {
          return json.readTree(response.body());
        }
        last = status + " " + new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
        if ((status < 500 && !TRY_AGAIN.contains(status))
            || FINAL.stream().anyMatch(last::contains)) {
          throw new RefusedException(what, status, json.readTree(response.body()));
        }
      } catch (IOException e) {
        last = e.toString();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(what + " was interrupted", e);
      }
      repeated.incrementAndGet();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new IllegalStateException(
        what + " was not answered within " + PATIENCE + "; last: " + last);
  }
}
