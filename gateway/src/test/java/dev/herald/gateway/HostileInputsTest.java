package dev.herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.paging.PageToken;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What strangers send, endpoint by endpoint: a clear refusal or no effect, never a fault of ours,
 * and the next one is served.
 */
class HostileInputsTest {
  private static final String NUMBER = "106540352242922";
  private static final long SECONDS = 1_790_000_000;

  private static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    await().until(() -> count("webhook_pending") == 0);
    herald.services().reset();
    long workspace = herald.workspace();
    herald
        .services()
        .on(
            InboundServiceGrpc.getResolveChannelsMethod(),
            request -> {
              ResolveChannelsResponse.Builder known = ResolveChannelsResponse.newBuilder();
              if (request.getPhoneNumberIdsList().contains(NUMBER)) {
                known.addChannels(
                    ResolvedChannel.newBuilder()
                        .setPhoneNumberId(NUMBER)
                        .setChannelId(11)
                        .setWorkspaceId(workspace));
              }
              return known.build();
            });
  }

  @AfterEach
  void theNextOneIsServed() {
    assertThat(herald.get("/api/v1/me").status()).isEqualTo(200);
  }

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

  @Nested
  class TheAisensyApi {
    @Test
    void keysCountOnlyInTheBodyAndOnlyAsTheyAre() {
      String key = TestGateway.OWNER_KEY;
      for (String body :
          List.of(
              "{}",
              "{\"apiKey\":null}",
              "{\"apiKey\":[\"" + key + "\"]}",
              "{\"apiKey\":{\"$ne\":\"\"}}",
              "{\"apiKey\":\"" + key + "\\u0000\"}",
              "{\"apiKey\":\"" + key.replace('a', '\u0430') + "\"}",
              "{\"apiKey\":\"" + key + " \"}",
              "{\"apiKey\":\"' or 1=1 --\"}",
              "{\"apiKey\":\"" + "x".repeat(10_000) + "\"}")) {
        Answer answer = aisensy("/campaign/t1/api/v2?apiKey=" + key, body);
        assertThat(answer.status()).as(body).isIn(401, 429);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
      }
      assertThat(herald.services().requests(CampaignServiceGrpc.getTriggerCampaignMethod()))
          .isEmpty();
    }

    @Test
    void numbersAreNumbersOrRefused() {
      for (String destination :
          List.of(
              "\"+1\"",
              "\"+9198765432109876\"",
              "\"abc\"",
              "null",
              "[]",
              "{}",
              "9.19876543210e11",
              "\"\\u202e919876543210\"",
              "\"" + "9".repeat(10_000) + "\"",
              "\"911\"",
              "\"\\u0000\"")) {
        Answer answer =
            aisensy(
                "/campaign/t1/api/v2",
                "{\"apiKey\":\"%s\",\"campaignName\":\"x\",\"destination\":%s}"
                    .formatted(TestGateway.OWNER_KEY, destination));
        assertThat(answer.status()).as(destination).isEqualTo(400);
      }
    }
  }

  @Nested
  class SigningIn {
    @Test
    void oddCredentialsAreRefusedAndHashNothingHuge() {
      for (String body :
          List.of(
              "{\"email\":\"a@example.com\",\"password\":\"" + "x".repeat(30_000) + "\"}",
              "{\"email\":\"" + "a".repeat(300) + "@example.com\",\"password\":\"x\"}",
              "{\"email\":{\"$gt\":\"\"},\"password\":\"x\"}",
              "{\"email\":[\"a@example.com\"],\"password\":\"x\"}",
              "{\"email\":\"a\\u0000@example.com\",\"password\":\"x\"}",
              "{\"signInToken\":\"" + "x".repeat(300) + "\"}",
              "{\"role\":\"OWNER\",\"email\":\"a@example.com\",\"password\":\"x\"}")) {
        assertThat(session(body, "application/json").status()).as(body).isEqualTo(400);
      }
      for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "text/json")) {
        assertThat(session("{\"email\":\"a@example.com\",\"password\":\"x\"}", type).status())
            .as(type)
            .isEqualTo(415);
      }
    }

    @Test
    void anotherSiteCanNeitherSignInNorOut() {
      for (String origin : List.of("https://evil.test", "null", "file://", "http://127.0.0.1")) {
        Answer answer =
            herald.send(
                herald
                    .anonymous("/api/v1/session")
                    .header("Content-Type", "application/json")
                    .header("Origin", origin)
                    .POST(BodyPublishers.ofString("{\"signInToken\":\"x\"}")));
        assertThat(answer.reason()).as(origin).isEqualTo("CSRF_REFUSED");
      }
    }

    @Test
    void aForgedForwardedAddressDoesNotResetTheCount() {
      int status = 0;
      for (int i = 0; i < 12 && status != 429; i++) {
        status =
            herald
                .send(
                    herald
                        .anonymous("/api/v1/session")
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", "203.0.113." + i)
                        .POST(
                            BodyPublishers.ofString(
                                "{\"email\":\"forged@example.com\",\"password\":\"guess\"}")))
                .status();
      }
      assertThat(status).isEqualTo(429);
    }

    @Test
    void nothingInAnAnswerAllowsAnotherSiteOrAFrame() {
      for (String path : List.of("/api/v1/me", "/", "/docs", "/openapi.yaml", "/nothing.php")) {
        Answer answer = herald.send(herald.request(path).header("Origin", "https://evil.test"));
        assertThat(answer.headers().map().keySet())
            .as(path)
            .noneMatch(
                name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
        assertThat(answer.header("Content-Security-Policy"))
            .as(path)
            .contains("frame-ancestors 'none'", "base-uri 'none'")
            .doesNotContain("unsafe", "*");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      }
    }

    private Answer session(String body, String type) {
      return herald.send(
          herald
              .anonymous("/api/v1/session")
              .header("Content-Type", type)
              .POST(BodyPublishers.ofString(body)));
    }
  }

  @Nested
  class ListsAndIds {
    @Test
    void pageTokensOfStrangersAreRefusedByEveryList() {
      for (String list : List.of("users", "apiKeys", "auditLog", "quarantine")) {
        for (String token :
            List.of(
                "abc",
                "%00",
                PageToken.write("campaigns.1").number(1).token(),
                PageToken.write(list + ".1").text("a\0b").token(),
                PageToken.write(list + ".1").instant(Instant.MAX).token(),
                PageToken.write(list + ".1").token(),
                "A".repeat(3000))) {
          Answer answer = herald.get("/api/v1/" + list + "?pageToken=" + token);
          assertThat(answer.status()).as(list + " " + token).isEqualTo(400);
        }
        for (String size : List.of("-1", "1001", "1000000000", "1e3", "x", "%20", "1&pageSize=2")) {
          assertThat(herald.get("/api/v1/" + list + "?pageSize=" + size).status())
              .as(list + " " + size)
              .isEqualTo(400);
        }
      }
    }

    @Test
    void idsThatAreNoneAreRefused() {
      for (String id :
          List.of(
              "0",
              "-1",
              "9223372036854775808",
              "1.5",
              "1e3",
              "%2e%2e",
              "..%2fusers",
              "0190d2a4-7c1e-7000-8000-000000000001",
              "%D9%A1",
              "1%00",
              "1;drop",
              "'")) {
        assertThat(bare("DELETE", "/api/v1/apiKeys/" + id).status()).as(id).isIn(400, 404, 405);
        assertThat(bare("POST", "/api/v1/quarantine/" + id + ":replay").status())
            .as(id)
            .isIn(400, 404, 405);
      }
      assertThat(herald.delete("/api/v1/apiKeys/" + Long.MAX_VALUE).status()).isEqualTo(404);
    }

    @Test
    void aReadOnlyFieldCannotBeAssigned() {
      for (String body :
          List.of(
              "{\"name\":\"a\",\"id\":\"1\"}",
              "{\"name\":\"a\",\"status\":\"SENT\"}",
              "{\"name\":\"a\",\"createdBy\":\"me\"}",
              "{\"name\":\"a\",\"workspaceId\":\"1\"}")) {
        assertThat(herald.patch("/api/v1/campaigns/1", body).status()).as(body).isEqualTo(400);
      }
      assertThat(herald.services().calls()).isEmpty();
    }
  }

  @Nested
  class KeysAndTheAuditLog {
    @Test
    void aKeyCannotMakeOrRevokeKeysAboveItself() {
      String operator = herald.key(Role.OPERATOR);
      assertThat(
              herald
                  .send(
                      herald
                          .requestWith(operator, "/api/v1/apiKeys")
                          .header("Content-Type", "application/json")
                          .POST(BodyPublishers.ofString("{\"name\":\"x\",\"role\":\"OWNER\"}")))
                  .reason())
          .isEqualTo("ROLE_TOO_LOW");
      assertThat(herald.post("/api/v1/apiKeys", "{\"name\":\"x\",\"role\":\"SERVICE\"}").status())
          .isEqualTo(400);
      assertThat(herald.post("/api/v1/apiKeys", "{\"name\":\"x\"}").status()).isEqualTo(400);
    }

    @Test
    void aNameCannotForgeALineOfTheAuditLog() {
      assertThat(
              herald
                  .post("/api/v1/apiKeys", "{\"name\":\"a\\r\\nGRANTED\",\"role\":\"VIEWER\"}")
                  .status())
          .isEqualTo(400);
      assertThat(bare("POST", "/api/v1/users/%0d%0aGRANTED:signInLink").status()).isEqualTo(400);
      assertThat(herald.get("/api/v1/auditLog").text()).doesNotContain("GRANTED");
    }
  }

  @Nested
  class WhatOperatorsSee {
    @Test
    void nothingOfTheInsideIsServed() {
      for (String path :
          List.of(
              "/.git/config",
              "/.env",
              "/WEB-INF/web.xml",
              "/META-INF/MANIFEST.MF",
              "/herald/contracts.binpb",
              "/db/migration/gateway/V1__identity.sql",
              "/assets/0000000000000000/../../db/migration/gateway/V1__identity.sql",
              "/webjars/preact/../../../logback.xml",
              "/dashboard/index.html%00.js",
              "/%2e%2e/%2e%2e/etc/passwd")) {
        Answer answer =
            herald.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer.status()).as(path).isIn(400, 404);
        assertThat(answer.text()).as(path).doesNotContain("create table", "root:");
      }
    }
  }

  /** Addresses that no route describes; every refusal has a body of the usual form all the same. */
  private static Answer bare(String method, String path) {
    Answer answer =
        herald.raw(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
                + "Authorization: Bearer "
                + TestGateway.OWNER_KEY
                + "\r\n\r\n");
    assertThat(answer.header("Content-Type")).as(path).startsWith("application/problem+json");
    assertThat(answer.reason()).as(path).isNotEmpty();
    return answer;
  }

  private static Answer aisensy(String path, String body) {
    return herald.send(
        herald
            .anonymous(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder signed(byte[] body, String signature) {
    return WhatsApp.signed(herald, "/webhooks/whatsapp", body, signature);
  }

  private static String head(int length) {
    return "POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n";
  }

  private static String statuses(String word, long ordinal) {
    return WhatsApp.statuses(NUMBER, WhatsApp.status(word, key(ordinal), SECONDS));
  }

  private static String key(long ordinal) {
    return herald.keys().encode(new MessageKey(900, ordinal, "IN", 0), herald.workspace(), NUMBER);
  }

  private static List<Evidence> evidence() {
    return herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).stream()
        .flatMap(request -> request.getEvidenceList().stream())
        .toList();
  }

  private static long count(String table) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select count(*) from gateway." + table)
                    .mapTo(Long.class)
                    .one());
  }
}
