package dev.herald.gateway.webhook;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.herald.gateway.webhook.WebhookReader.UnreadableBodyException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a signed body holds, it is taken apart or refused as a whole, and every part of it can
 * be put into quarantine and read again from there.
 */
class WebhookFuzz {
  private static final Instant RECEIVED = Instant.parse("2026-11-02T00:00:00Z");

  @MethodSource("recorded")
  @FuzzTest(maxDuration = "4s")
  void aBodyIsTakenApartOrRefused(byte[] body) throws UnreadableBodyException {
    WebhookReader.Reading reading;
    try {
      reading = WebhookReader.read(body, RECEIVED);
    } catch (UnreadableBodyException e) {
      return;
    }
    for (Element element : reading.elements()) {
      if (element instanceof Element.Status status) {
        Interpreter.kind(Json.text(status.node(), "status", 64));
        Json.time(status.node(), "timestamp", RECEIVED);
      }
      WebhookReader.Reading again =
          WebhookReader.read(element.origin().envelope().body(), RECEIVED);
      if (again.elements().size() != 1) {
        throw new AssertionError(element.origin().path() + " is not itself in quarantine");
      }
    }
  }

  static Stream<byte[]> recorded() {
    return Recordings.all(ordinal -> "h1.x").values().stream()
        .map(body -> body.getBytes(StandardCharsets.UTF_8));
  }
}
