package dev.herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.paging.PageToken;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What strangers send, endpoint by endpoint: a clear refusal or no effect, never a fault of ours,
 * and the next one is served.
 */
class HostileInputsTest extends HostileInputsFixture {

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
}
