package dev.herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Webhooks that WhatsApp would never send. */
class HostileWebhooksTest extends HostileInputsFixture {

  @Nested
  class TheHandshake {
    @Test
    void reflectsNothingButAPlainChallenge() {
      String good = "?hub.mode=subscribe&hub.verify_token=" + TestGateway.VERIFY_TOKEN;
      for (String challenge :
          List.of(
              "%3Cscript%3E",
              "a%0d%0aSet-Cookie:%20x=y",
              "%00",
              "%253Cb%253E",
              "",
              "a".repeat(129),
              "1&hub.challenge=2",
              "1&hub.challenge%5B%5D=2&hub.mode=subscribe")) {
        Answer answer =
            herald.send(
                herald.anonymous("/webhooks/whatsapp" + good + "&hub.challenge=" + challenge));
        assertThat(answer.status()).as(challenge).isEqualTo(403);
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
      }
      assertThat(
              herald
                  .raw(
                      "GET /webhooks/whatsapp"
                          + good
                          + "&hub.challenge="
                          + "9".repeat(100_000)
                          + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .status())
          .isIn(414, 431);
      for (String method : List.of("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")) {
        Answer answer =
            herald.send(
                herald
                    .anonymous("/webhooks/whatsapp" + good + "&hub.challenge=1")
                    .method(method, BodyPublishers.noBody()));
        assertThat(answer.status()).as(method).isNotEqualTo(500);
        assertThat(answer.bytes().length == 0 || answer.status() >= 400).as(method).isTrue();
      }
    }
  }

  @Nested
  class AWebhook {
    @Test
    void signaturesThatAreNearlyRightAreWrong() {
      byte[] body = statuses("sent", 1).getBytes(StandardCharsets.UTF_8);
      String good = WhatsApp.sign(body, TestGateway.APP_SECRET);
      String spaced = new String(body, StandardCharsets.UTF_8).replace(":", ": ");
      long before = count("webhook_log");
      for (HttpRequest.Builder request :
          List.of(
              signed(body, ""),
              signed(body, "sha256="),
              signed(body, "sha256=" + "g".repeat(64)),
              signed(body, good + "0"),
              signed(body, good.substring(0, 70)),
              signed(body, good.replace("sha256=", "SHA256=")),
              signed(body, good).header("X-Hub-Signature-256", good),
              signed(
                  body,
                  WhatsApp.sign(spaced.getBytes(StandardCharsets.UTF_8), TestGateway.APP_SECRET)),
              signed((statuses("sent", 1) + "\n").getBytes(StandardCharsets.UTF_8), good))) {
        assertThat(herald.send(request).status()).isEqualTo(401);
      }
      assertThat(count("webhook_log")).isEqualTo(before);
      // Spaces around a header's value are no part of it.
      assertThat(
              herald
                  .raw(
                      head(body.length)
                          + "X-Hub-Signature-256:   "
                          + good
                          + "  \r\n\r\n"
                          + statuses("sent", 1))
                  .status())
          .isEqualTo(200);
    }

    @Test
    void aBodyMayComeInPiecesButMustComeWhole() throws IOException {
      String body = statuses("sent", 2);
      String signature =
          WhatsApp.sign(body.getBytes(StandardCharsets.UTF_8), TestGateway.APP_SECRET);
      StringBuilder chunks = new StringBuilder();
      body.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
      String head =
          "POST /webhooks/whatsapp HTTP/1.1\r\n"
              + "Host: x\r\n"
              + "Connection: close\r\n"
              + "X-Hub-Signature-256: "
              + signature
              + "\r\n";
      assertThat(
              herald
                  .raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n")
                  .status())
          .isEqualTo(200);
      assertThat(
              herald
                  .raw(
                      head
                          + "Expect: 100-continue\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body)
                  .status())
          .isIn(100, 200);
      long before = count("webhook_log");
      for (int length = 0; length < body.length(); length += 100) {
        try (Socket socket = new Socket("127.0.0.1", herald.gateway().port())) {
          socket
              .getOutputStream()
              .write(
                  (head
                          + "Content-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body.substring(0, length))
                      .getBytes(StandardCharsets.US_ASCII));
        }
      }
      assertThat(count("webhook_log")).isEqualTo(before);
    }

    @Test
    void compressedBytesAreSignedBytesAndNoJson() {
      byte[] body = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0};
      HttpRequest.Builder request =
          signed(body, WhatsApp.sign(body, TestGateway.APP_SECRET))
              .header("Content-Encoding", "gzip");
      assertThat(herald.send(request).status()).isEqualTo(200);
      await().until(() -> count("webhook_pending") == 0);
      assertThat(evidence()).isEmpty();
    }

    @Test
    void signedNonsenseNeverKeepsTheNextOneWaiting() {
      String nul = "\\u0000";
      List<String> odd = new ArrayList<>(List.of("null", "-0", "{}", "{\"entry\":null}"));
      odd.add("{\"object\":1e999,\"entry\":[]}");
      odd.add(
          "{\"entry\":[{\"id\":\""
              + nul
              + "\",\"changes\":[{\"field\":\"messages\",\"value\":{}}]}]}");
      odd.add("{\"entry\":[" + "{},".repeat(20_000) + "{}]}");
      odd.add("{\"a\":\"" + "x".repeat(3_000_000) + "\",\"entry\":[]}");
      odd.add(
          "{\"__proto__\":{\"x\":1},\"$type\":\"y\",\"@class\":\"java.lang.Runtime\",\"entry\":[]}");
      odd.add("\uFEFF{\"entry\":[]}");
      odd.add("{\"entry\":[]}\u0000");
      odd.add(WhatsApp.statuses(NUMBER, "{\"status\":\"sent\",\"status\":\"read\"}"));
      odd.add(WhatsApp.statuses(NUMBER, WhatsApp.status(nul, key(3), SECONDS)));
      odd.add(WhatsApp.statuses(NUMBER, WhatsApp.failed(key(4), SECONDS, 1, nul + "\\ud800")));
      for (String body : odd) {
        assertThat(WhatsApp.post(herald, body).status()).isEqualTo(200);
      }
      byte[] utf16 = "{\"entry\":[]}".getBytes(StandardCharsets.UTF_16);
      byte[] overlong = {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'};
      for (byte[] body : List.of(utf16, overlong)) {
        assertThat(herald.send(signed(body, WhatsApp.sign(body, TestGateway.APP_SECRET))).status())
            .isEqualTo(200);
      }
      WhatsApp.post(herald, statuses("read", 5));

      await().until(() -> count("webhook_pending") == 0);
      assertThat(evidence()).extracting(Evidence::getOrdinal).containsExactlyInAnyOrder(4, 5);
    }

    @Test
    void keysThatWereTamperedWithAreNobodys() {
      String good = key(6);
      List<String> statuses = new ArrayList<>();
      for (int i = 0; i < good.length(); i++) {
        char other = good.charAt(i) == 'A' ? 'B' : 'A';
        statuses.add(
            WhatsApp.status("read", good.substring(0, i) + other + good.substring(i + 1), SECONDS));
        statuses.add(WhatsApp.status("read", good.substring(0, i), SECONDS));
      }
      statuses.add(WhatsApp.status("read", good.replaceFirst("h1", "h2"), SECONDS));
      statuses.add(WhatsApp.status("read", good + "A", SECONDS));
      statuses.add(WhatsApp.status("read", "x".repeat(513), SECONDS));
      statuses.add(WhatsApp.status("read", good.toLowerCase(java.util.Locale.ROOT) + " ", SECONDS));

      assertThat(WhatsApp.post(herald, WhatsApp.statuses(NUMBER, statuses)).status())
          .isEqualTo(200);

      await().until(() -> count("webhook_pending") == 0);
      // Base64 has spare bits in its last character: another spelling of the same key is the key.
      assertThat(evidence())
          .allMatch(fact -> fact.getOrdinal() == 6 && fact.getCampaignId() == 900);
      assertThat(evidence().size()).isLessThanOrEqualTo(1);
    }

    @Test
    void oneBadStatusOfAThousandTakesNoneDown() {
      List<String> statuses =
          new ArrayList<>(
              IntStream.range(0, 1000)
                  .mapToObj(i -> WhatsApp.status("delivered", key(10_000 + i), SECONDS))
                  .toList());
      statuses.set(500, "{\"status\":[],\"biz_opaque_callback_data\":\"" + key(10_500) + "\"}");
      WhatsApp.post(herald, WhatsApp.statuses(NUMBER, statuses));
      WhatsApp.post(herald, WhatsApp.statuses(NUMBER, statuses));

      await().until(() -> count("webhook_pending") == 0);
      assertThat(evidence().stream().map(Evidence::getOrdinal).distinct()).hasSize(999);
      assertThat(evidence()).allMatch(fact -> fact.getKind() == EvidenceKind.DELIVERED);
    }
  }
}
