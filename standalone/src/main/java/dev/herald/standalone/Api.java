package dev.herald.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * Herald's HTTP API as an integrator's program would call it. Used to prepare the first workspace,
 * in tests and in benchmarks, so that what they do can be done with curl.
 */
public final class Api implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI base;
  private final String apiKey;

  public Api(URI address, String apiKey) {
    this.base = address.resolve("/api/v1/");
    this.apiKey = apiKey;
  }

  /** An answer that is not 2xx, with the server's own words. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient JsonNode problem;

    RefusedException(String request, int status, JsonNode problem) {
      super(request + " was answered " + status + ": " + problem);
      this.status = status;
      this.problem = problem;
    }

    public int status() {
      return status;
    }

    /** The machine-readable reason, e.g. INSUFFICIENT_FUNDS; empty when there is none. */
    public String reason() {
      return problem.path("reason").asText();
    }
  }

  public JsonNode get(String path) {
    return send(request(path).GET());
  }

  public JsonNode post(String path, Map<String, ?> body) {
    return send(jsonRequest(path).POST(bytes(body)));
  }

  /** A POST that may be repeated: the same key changes nothing twice. */
  public JsonNode post(String path, Map<String, ?> body, String idempotencyKey) {
    return send(jsonRequest(path).header("Idempotency-Key", idempotencyKey).POST(bytes(body)));
  }

  public JsonNode patch(String path, Map<String, ?> body) {
    return send(jsonRequest(path).method("PATCH", bytes(body)));
  }

  public JsonNode postCsv(String path, BodyPublisher csv) {
    return send(request(path).header("Content-Type", "text/csv").POST(csv));
  }

  /**
   * Makes one more workspace and signs its first owner in, as a person would, for a key of theirs.
   *
   * @return an API key of role OWNER
   */
  public String ownerKeyOfNewWorkspace(String name, String ownerEmail) {
    String link =
        post(
                "workspaces",
                Map.of(
                    "name", name, "timeZone", "UTC", "currency", "USD", "ownerEmail", ownerEmail))
            .path("signInLink")
            .asText();
    String token = link.substring(link.indexOf('=') + 1);
    HttpRequest.Builder signIn =
        HttpRequest.newBuilder(base.resolve("session")).POST(bytes(Map.of("signInToken", token)));
    String session =
        exchange(signIn.header("Content-Type", "application/json"))
            .headers()
            .firstValue("Set-Cookie")
            .orElseThrow()
            .split(";", 2)[0];
    HttpRequest.Builder key =
        HttpRequest.newBuilder(base.resolve("apiKeys"))
            .header("Content-Type", "application/json")
            .header("Cookie", session)
            .header("X-Herald-CSRF", "1")
            .POST(bytes(Map.of("name", name, "role", "OWNER")));
    return send(key).path("secret").asText();
  }

  @Override
  public void close() {
    http.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + apiKey);
  }

  private HttpRequest.Builder jsonRequest(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private BodyPublisher bytes(Map<String, ?> body) {
    return BodyPublishers.ofString(json.valueToTree(body).toString());
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      return json.readTree(exchange(request).body());
    } catch (IOException e) {
      throw new IllegalStateException("The answer is not JSON: " + e.getMessage(), e);
    }
  }

  private HttpResponse<byte[]> exchange(HttpRequest.Builder builder) {
    HttpRequest request = builder.timeout(DEADLINE).build();
    String what = request.method() + " " + request.uri().getPath();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw new RefusedException(what, response.statusCode(), json.readTree(response.body()));
      }
      return response;
    } catch (IOException e) {
      throw new IllegalStateException(what + " failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + " was interrupted", e);
    }
  }
}
