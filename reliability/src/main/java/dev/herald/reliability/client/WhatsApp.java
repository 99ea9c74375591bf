package dev.herald.reliability.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** The control side of WhatsApp's stand-in: how it behaves, and whether it has said everything. */
public final class WhatsApp {
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http;
  private final URI address;

  public WhatsApp(HttpClient http, URI address) {
    this.http = http;
    this.address = address;
  }

  /** Changes settings, named as in its handbook. */
  public void behave(Map<String, String> settings) {
    call("PATCH", "scenario", json.valueToTree(settings).toString());
  }

  /** Tells everything about a campaign once more. */
  public void replay(String campaign) {
    call("POST", "webhooks/replay?callback_prefix=h1." + campaign + ".", "");
  }

  /** Tells everything there ever was to tell once more. */
  public void replayAll() {
    call("POST", "webhooks/replay?callback_prefix=h1.", "");
  }

  /** What was planned for much later happens now. */
  public void fastForward() {
    call("POST", "fast-forward", "");
  }

  public void inbound(Map<String, ?> message) {
    call("POST", "inbound", json.valueToTree(message).toString());
  }

  /** Whether everything it had to say was acknowledged; waits for it. */
  public boolean awaitQuiet(Duration patience) {
    return call("GET", "quiet?wait_ms=" + patience.toMillis(), "").path("quiet").asBoolean();
  }

  /** How many messages of a campaign it has taken. */
  public int taken(String campaign) {
    return call("GET", "summary?callback_prefix=h1." + campaign + ".", "").path("accepted").asInt();
  }

  private JsonNode call(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/simulator/" + path))
            .timeout(Duration.ofSeconds(90))
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      JsonNode answer = json.readTree(response.body());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(method + " " + path + ": " + answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
