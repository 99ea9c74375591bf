package dev.herald.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.gateway.testing.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class IdentityTest extends IdentityFixture {

  @Test
  void aOneTimeLinkSignsInOnce() {
    assertThat(herald.gateway().bootstrap().signInLink())
        .startsWith("http://herald.test:8080/sign-in?token=");
    String token = herald.gateway().bootstrap().signInToken();

    Answer first = signIn("{\"signInToken\":\"" + token + "\"}");
    Answer second = signIn("{\"signInToken\":\"" + token + "\"}");

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.json().path("passwordNeeded").asBoolean()).isTrue();
    assertThat(first.header("Set-Cookie"))
        .startsWith("herald_session=")
        .contains("HttpOnly")
        .contains("SameSite=Lax")
        .contains("Path=/")
        .doesNotContain("Domain");
    assertThat(second.status()).isEqualTo(401);
    assertThat(second.reason()).isEqualTo("SIGN_IN_LINK_INVALID");
    Answer me = herald.send(herald.anonymous("/api/v1/me").header("Cookie", cookie(first)));
    assertThat(me.json().path("kind").asText()).isEqualTo("PERSON");
    assertThat(me.json().path("role").asText()).isEqualTo("OWNER");
    assertThat(me.json().path("email").asText()).isEqualTo("owner@localhost");
    assertThat(me.json().at("/workspace/timeZone").asText()).isEqualTo("UTC");
  }

  @Test
  void ofManyWhoUseOneLinkAtOnceOneGetsIn() throws Exception {
    String token = herald.gateway().bootstrap().signInToken();
    List<Future<Answer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        answers.add(threads.submit(() -> signIn("{\"signInToken\":\"" + token + "\"}")));
      }
    }
    int in = 0;
    for (Future<Answer> answer : answers) {
      in += answer.get().status() == 200 ? 1 : 0;
    }
    assertThat(in).isEqualTo(1);
  }

  @Test
  void aChangeWithACookieMustComeFromOurOwnPages() {
    String cookie = newPerson("OWNER").cookie();

    assertThat(change(cookie, Map.of()).reason()).isEqualTo("CSRF_REFUSED");
    assertThat(change(cookie, Map.of("X-Herald-CSRF", "1")).status()).isEqualTo(200);
    assertThat(
            change(cookie, Map.of("X-Herald-CSRF", "1", "Origin", "http://herald.test:8080"))
                .status())
        .isEqualTo(200);
    assertThat(
            change(
                    cookie,
                    Map.of(
                        "X-Herald-CSRF",
                        "1",
                        "Origin",
                        "http://127.0.0.1:" + herald.gateway().port()))
                .status())
        .isEqualTo(200);
    for (String origin :
        List.of(
            "https://evil.test",
            "null",
            "http://127.0.0.1:1",
            "http://herald.test:8080.evil.test")) {
      assertThat(change(cookie, Map.of("X-Herald-CSRF", "1", "Origin", origin)).status())
          .as(origin)
          .isEqualTo(403);
    }
    assertThat(
            change(cookie, Map.of("X-Herald-CSRF", "1", "Sec-Fetch-Site", "cross-site")).status())
        .isEqualTo(403);
    assertThat(change(cookie + "; herald_session=x", Map.of("X-Herald-CSRF", "1")).status())
        .isEqualTo(401);
  }

  @Test
  void aPasswordSignsInAndChangingItEndsAllOtherSessions() {
    Person person = newPerson("VIEWER");
    assertThat(setPassword(person.cookie(), "", "short").reason()).isEqualTo("PASSWORD_TOO_SHORT");
    assertThat(setPassword(person.cookie(), "", "aaaaaaaaaaaaaaaa").reason())
        .isEqualTo("PASSWORD_TOO_COMMON");
    assertThat(setPassword(person.cookie(), "", PASSWORD).status()).isEqualTo(200);

    Answer second = signIn(person.email().toUpperCase(java.util.Locale.ROOT), PASSWORD);
    assertThat(second.status()).as(second.toString()).isEqualTo(200);
    assertThat(setPassword(cookie(second), "wrong", PASSWORD + "!").reason())
        .isEqualTo("CURRENT_PASSWORD_WRONG");
    assertThat(setPassword(cookie(second), PASSWORD, PASSWORD + "!").status()).isEqualTo(200);

    assertThat(me(person.cookie()).status()).isEqualTo(401);
    assertThat(me(cookie(second)).status()).isEqualTo(200);
    assertThat(signIn(person.email(), PASSWORD).status()).isEqualTo(401);
    assertThat(signIn(person.email(), PASSWORD + "!").status()).isEqualTo(200);
  }

  @Test
  void nobodyLearnsWhoExistsAndGuessingIsSlow() {
    Person person = newPerson("VIEWER");
    setPassword(person.cookie(), "", PASSWORD);

    Answer known = signIn(person.email(), "a wrong password");
    Answer unknown = signIn("nobody@example.com", "a wrong password");
    assertThat(known.status()).isEqualTo(unknown.status()).isEqualTo(401);
    assertThat(known.json().path("detail")).isEqualTo(unknown.json().path("detail"));

    for (String email : List.of(person.email(), "nobody@example.com")) {
      Answer last = null;
      for (int i = 0; i < 6; i++) {
        last = signIn(email, "guess number " + i);
      }
      assertThat(last.status()).as(email).isEqualTo(429);
      assertThat(Integer.parseInt(last.header("Retry-After"))).isPositive();
    }
    // Also with the right password, so that a guesser cannot tell when to stop.
    assertThat(signIn(person.email(), PASSWORD).status()).isEqualTo(429);
  }

  @Test
  void aPasswordIsStoredAsArgon2idOnly() {
    Person person = newPerson("VIEWER");
    setPassword(person.cookie(), "", PASSWORD);

    String stored =
        herald
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "select password_hash from gateway.person where email = :email")
                        .bind("email", person.email())
                        .mapTo(String.class)
                        .one());
    assertThat(stored).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
  }

  @Test
  void theSamePersonInTwoWorkspacesIsSignedInWhereThePasswordFits() {
    Person here = newPerson("VIEWER");
    setPassword(here.cookie(), "", PASSWORD);
    long elsewhere = otherWorkspace();
    String there =
        herald.gateway().bootstrapping().owner(elsewhere, here.email(), "Same").signInToken();
    String cookie = cookie(signIn("{\"signInToken\":\"" + there + "\"}"));
    setPassword(cookie, "", "another long password");

    Answer first = signIn(here.email(), PASSWORD);
    Answer second = signIn(here.email(), "another long password");

    assertThat(first.json().at("/workspace/id").asText())
        .isEqualTo(Long.toString(herald.workspace()));
    assertThat(second.json().at("/workspace/id").asText()).isEqualTo(Long.toString(elsewhere));
  }

  @Test
  void theLastOwnerStaysOwner() {
    long elsewhere = otherWorkspace();
    String token =
        herald.gateway().bootstrapping().owner(elsewhere, "only@example.com", "Only").signInToken();
    Answer in = signIn("{\"signInToken\":\"" + token + "\"}");
    String id = in.json().at("/user/id").asText();

    for (String change : List.of("{\"role\":\"VIEWER\"}", "{\"suspended\":true}")) {
      Answer answer =
          herald.send(
              own(cookie(in), "/api/v1/users/" + id)
                  .header("Content-Type", "application/json")
                  .method("PATCH", BodyPublishers.ofString(change)));
      assertThat(answer.reason()).isEqualTo("LAST_OWNER");
    }
    assertThat(herald.send(own(cookie(in), "/api/v1/users/" + id).DELETE()).status())
        .isEqualTo(409);
    assertThat(herald.patch("/api/v1/users/" + id, "{\"name\":\"x\"}").status()).isEqualTo(404);
  }

  @Test
  void aSuspendedPersonIsOutAtOnce() {
    Person person = newPerson("OPERATOR");
    assertThat(me(person.cookie()).status()).isEqualTo(200);

    herald.patch("/api/v1/users/" + person.id(), "{\"suspended\":true}");

    assertThat(me(person.cookie()).status()).isEqualTo(401);
    String link =
        herald
            .post("/api/v1/users/" + person.id() + ":signInLink", "{}")
            .json()
            .path("signInLink")
            .asText();
    assertThat(
            signIn("{\"signInToken\":\"" + link.substring(link.indexOf('=') + 1) + "\"}").status())
        .isEqualTo(401);
  }

  @Test
  void signingOutEndsTheSession() {
    Person person = newPerson("VIEWER");

    Answer out = herald.send(own(person.cookie(), "/api/v1/session").DELETE());

    assertThat(out.header("Set-Cookie")).contains("Max-Age=0");
    assertThat(me(person.cookie()).status()).isEqualTo(401);
  }

  @Test
  void whatIsDoneIsWrittenDown() {
    herald.post("/api/v1/apiKeys", "{\"name\":\"Audited\",\"role\":\"VIEWER\"}");

    assertThat(herald.get("/api/v1/auditLog").json().at("/entries/0/action").asText())
        .isEqualTo("CREATE_API_KEY");
    assertThat(herald.get("/api/v1/auditLog?pageSize=1").json().path("nextPageToken").asText())
        .isNotEmpty();
    assertThat(herald.get("/api/v1/auditLog?pageSize=1&pageToken=abc").status()).isEqualTo(400);
  }
}
