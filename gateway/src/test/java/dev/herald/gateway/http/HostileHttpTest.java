package dev.herald.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a stranger may send over the wire: an error or a closed door, and the next one is served.
 */
class HostileHttpTest {
  private static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @AfterEach
  void theNextOneIsServed() {
    assertThat(herald.get("/api/v1/me").status()).isEqualTo(200);
  }

  @Test
  void ambiguousLengthsAreRefused() {
    String head = "POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (String trick :
        List.of(
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
            "Content-Length: -1\r\n\r\n",
            "Content-Length: abc\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabcd\r\n0\r\n\r\n",
            "X-A: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
            "X A: b\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(herald.raw(head + trick).status()).as(trick).isIn(400, 0);
    }
  }

  @Test
  void headersAndAddressesHaveALimit() {
    assertThat(
            herald
                .raw(
                    "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: "
                        + "a".repeat(20_000)
                        + "\r\n\r\n")
                .status())
        .isEqualTo(431);
    assertThat(
            herald
                .raw(
                    "GET /"
                        + "a".repeat(20_000)
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .status())
        .isIn(414, 431);
    assertThat(herald.raw("NONSENSE\r\n\r\n").status()).isIn(400, 0);
    assertThat(herald.raw("GET /healthz HTTP/1.1\r\n\r\n").status()).isEqualTo(400);
    assertThat(
            herald.raw("TRACE /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status())
        .isIn(404, 405, 501);
  }

  @Test
  void noAnswerTellsWhatWeAreMadeOf() {
    for (String request :
        List.of(
            "GET /nothing.php HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "POST /api/v1/session HTTP/1.1\r\n"
                + "Host: x\r\n"
                + "Connection: close\r\n"
                + "Content-Length: 0\r\n\r\n",
            "GET /api/v1/campaigns/%7B%7B HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "BREW /pot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
      Answer answer = herald.raw(request);
      assertThat(answer.status()).as(request).isBetween(400, 501);
      assertThat(answer.headers().map()).doesNotContainKeys("Server", "X-Powered-By", "server");
      assertThat(answer.text().toLowerCase(java.util.Locale.ROOT))
          .as(request)
          .doesNotContain("jetty", "javalin", "exception", "dev.herald", "at java");
    }
  }

  @Test
  void bodiesAreOfTheRightTypeAndSize() {
    assertThat(
            herald
                .send(
                    herald
                        .request("/api/v1/campaigns")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{\"name\":\"a\"}")))
                .status())
        .isEqualTo(415);
    assertThat(
            herald.post("/api/v1/campaigns", "{\"name\":\"" + "a".repeat(70_000) + "\"}").status())
        .isEqualTo(413);
    assertThat(
            herald
                .send(
                    herald
                        .request("/api/v1/campaigns")
                        .header("Content-Type", "application/json")
                        .POST(
                            BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(new byte[100_000]))))
                .status())
        .isEqualTo(413);
  }

  @Test
  void oddJsonIsRefusedWithAReason() {
    for (String body :
        List.of(
            "null",
            "[]",
            "\"a\"",
            "{",
            "{\"name\":\"a\",\"name\":\"b\"}",
            "{} {}",
            "{\"name\":NaN}",
            "{'name':'a'}",
            "{\"maxRate\":1e999999999}",
            "{\"maxRate\":" + "9".repeat(1000) + "}",
            "{\"content\":" + "{\"template\":".repeat(500) + "1" + "}".repeat(500) + "}",
            "{\"name\":\"a\\u0000b\"}",
            "{\"name\":\"\\ud800\"}",
            "{\"workspaceId\":\"1\"}",
            "{\"__proto__\":{\"admin\":true}}",
            "{\"@type\":\"x\"}",
            "{\"campaign\":{\"status\":\"SENT\"}}",
            "\uFEFF{}")) {
      Answer answer = herald.post("/api/v1/campaigns", body);
      assertThat(answer.status()).as(body.substring(0, Math.min(60, body.length()))).isEqualTo(400);
      assertThat(answer.reason()).isNotEmpty();
    }
    byte[] latin = {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xE9, '"', '}'};
    assertThat(
            herald
                .send(
                    herald
                        .request("/api/v1/campaigns")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(latin)))
                .status())
        .isEqualTo(400);
  }

  @Test
  void idempotencyKeysAreChecked() {
    for (String key : List.of("a".repeat(129), "with space", "tab\there")) {
      assertThat(
              herald
                  .send(
                      herald
                          .request("/api/v1/wallet:topUp")
                          .header("Content-Type", "application/json")
                          .header("Idempotency-Key", key)
                          .POST(
                              BodyPublishers.ofString(
                                  "{\"amount\":{\"currency\":\"USD\",\"micros\":\"1\"}}")))
                  .reason())
          .as(key)
          .isEqualTo("IDEMPOTENCY_KEY_INVALID");
    }
  }

  @Test
  void aRequestIdThatIsNotPlainIsReplaced() {
    Answer plain = herald.send(herald.request("/api/v1/me").header("X-Request-Id", "abc-1.2_3"));
    Answer odd = herald.send(herald.request("/api/v1/me").header("X-Request-Id", "<script>"));

    assertThat(plain.header("X-Request-Id")).isEqualTo("abc-1.2_3");
    assertThat(odd.header("X-Request-Id")).matches("[a-z0-9]+");
  }

  @Test
  void aBodyThatDripsIsCutOff() throws IOException {
    long begin = System.nanoTime();
    try (Socket socket = new Socket("127.0.0.1", herald.gateway().port())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              ("POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
                      + "X-Hub-Signature-256: sha256="
                      + "0".repeat(64)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      Thread drip =
          Thread.startVirtualThread(
              () -> {
                try {
                  while (true) {
                    socket.getOutputStream().write(' ');
                    Thread.sleep(500);
                  }
                } catch (IOException | InterruptedException e) {
                  // Cut off, as it should be.
                }
              });
      byte[] answer = socket.getInputStream().readNBytes(12);
      drip.interrupt();
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
    }
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  @Test
  void aThousandAtOnceAreServedOrTurnedAway() throws Exception {
    String body = WhatsApp.statuses("1", WhatsApp.status("sent", "x", 1_790_000_000));
    List<Future<Integer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        answers.add(threads.submit(() -> WhatsApp.post(herald, body).status()));
      }
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isIn(200, 503);
    }
  }

  @Test
  void askingTooOftenIsSlowedDown() {
    try (TestGateway small =
        TestGateway.start(
            java.util.Map.of("HERALD_RATE_LIMIT", "1", "HERALD_RATE_LIMIT_BURST", "5"))) {
      Answer last = null;
      for (int i = 0; i < 8; i++) {
        last = small.get("/api/v1/me");
      }
      assertThat(last.status()).isEqualTo(429);
      assertThat(last.reason()).isEqualTo("RATE_LIMITED");
      assertThat(last.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void guessingKeysIsSlowedDown() {
    try (TestGateway other = TestGateway.start()) {
      int status = 0;
      for (int i = 0; i < 100 && status != 429; i++) {
        status = other.send(other.requestWith("hk_guess" + i, "/api/v1/me")).status();
      }
      assertThat(status).isEqualTo(429);
    }
  }

  @Test
  void metricsAreForTheMachineItselfOrForTheToken() {
    assertThat(herald.send(herald.anonymous("/metrics")).text()).contains("herald_http_requests");
    assertThat(
            herald
                .send(herald.anonymous("/metrics").header("X-Forwarded-For", "203.0.113.5"))
                .status())
        .isEqualTo(403);
    try (TestGateway closed =
        TestGateway.start(java.util.Map.of("HERALD_METRICS_TOKEN", "a-token-for-metrics"))) {
      assertThat(closed.send(closed.anonymous("/metrics")).status()).isEqualTo(403);
      assertThat(
              closed
                  .send(
                      closed
                          .anonymous("/metrics")
                          .header("Authorization", "Bearer a-token-for-metrics"))
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void healthSaysThatWeRunAndReadinessThatWeCanWork() {
    assertThat(herald.send(herald.anonymous("/healthz")).text()).isEqualTo("ok\n");
    assertThat(herald.send(herald.anonymous("/readyz")).status()).isEqualTo(200);
  }
}
