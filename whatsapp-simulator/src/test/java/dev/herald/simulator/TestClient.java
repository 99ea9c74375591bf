package dev.herald.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Speaks to a simulator over real HTTP. */
final class TestClient implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private String token = "simulator-access-token";
  private String number = "200000000000001";

  /** An answer. */
  record Answer(int status, JsonNode body, HttpResponse<String> raw) {
    int code() {
      return body.path("error").path("code").asInt(-1);
    }

    String details() {
      return body.path("error").path("error_data").path("details").asText();
    }

    String wamid() {
      return body.path("messages").path(0).path("id").asText();
    }
  }

  TestClient(Simulator simulator) {
    this.base = simulator.url();
  }

  TestClient withToken(String changed) {
    token = changed;
    return this;
  }

  TestClient withNumber(String changed) {
    number = changed;
    return this;
  }

  Answer send(JsonNode body) {
    return call("POST", "/v25.0/" + number + "/messages", body.toString());
  }

  /** Sends the simplest marketing template. */
  Answer send(String to, String callback) {
    return send(
        template(to, "simple_news", "en_US", List.of("reader"))
            .put("biz_opaque_callback_data", callback));
  }

  /** A send that may end without an answer. */
  HttpResponse<String> trySend(String to, String callback, Duration timeout) throws IOException {
    ObjectNode body =
        template(to, "simple_news", "en_US", List.of("reader"))
            .put("biz_opaque_callback_data", callback);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v25.0/" + number + "/messages"))
            .timeout(timeout)
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  static ObjectNode template(String to, String name, String language, List<String> body) {
    ObjectNode json = JSON.createObjectNode();
    json.put("messaging_product", "whatsapp").put("recipient_type", "individual").put("to", to);
    json.put("type", "template");
    ObjectNode template = json.putObject("template").put("name", name);
    template.putObject("language").put("code", language);
    var parameters =
        template.putArray("components").addObject().put("type", "body").putArray("parameters");
    body.forEach(text -> parameters.addObject().put("type", "text").put("text", text));
    return json;
  }

  static ObjectNode text(String to, String text) {
    ObjectNode json = JSON.createObjectNode();
    json.put("messaging_product", "whatsapp").put("to", to).put("type", "text");
    json.putObject("text").put("body", text);
    return json;
  }

  Answer get(String path) {
    return call("GET", path, null);
  }

  Answer post(String path, String body) {
    return call("POST", path, body);
  }

  Answer call(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()), answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
