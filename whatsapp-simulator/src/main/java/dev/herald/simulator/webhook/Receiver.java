package dev.herald.simulator.webhook;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The other end of a webhook: a callback URL spoken to over HTTP. */
final class Receiver implements AutoCloseable {
  /** Meta's own agent, by which some receivers recognise it. */
  private static final String USER_AGENT = "facebookexternalua";

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * Sends a signed body; the answer is the HTTP status. Meta reads nothing of the response but
   * that.
   */
  int post(String url, byte[] body, String signature, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("User-Agent", USER_AGENT)
            .header("X-Hub-Signature-256", signature)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /**
   * Asks the receiver to prove that it knows the verify token; empty if it did, else what went
   * wrong.
   */
  Optional<String> handshake(String url, String verifyToken) {
    String challenge =
        Integer.toString(ThreadLocalRandom.current().nextInt(100_000_000, Integer.MAX_VALUE));
    String query =
        "hub.mode=subscribe&hub.challenge="
            + challenge
            + "&hub.verify_token="
            // Some receivers read a plus sign in a query as itself.
            + URLEncoder.encode(verifyToken, StandardCharsets.UTF_8).replace("+", "%20");
    try {
      URI uri = URI.create(url + (url.contains("?") ? "&" : "?") + query);
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(HANDSHAKE_TIMEOUT)
              .header("User-Agent", USER_AGENT)
              .GET()
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return Optional.of("HTTP Status Code = " + answer.statusCode());
      }
      return answer.body().equals(challenge)
          ? Optional.empty()
          : Optional.of("the challenge was not echoed");
    } catch (IOException | IllegalArgumentException e) {
      return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
