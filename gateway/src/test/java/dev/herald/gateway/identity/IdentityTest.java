package dev.herald.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.access.TokenVerifier;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final String PASSWORD = "correct horse battery staple";

  private static TestGateway herald;
  private static int people;

  @BeforeAll
  static void start() {
    herald = TestGateway.start(Map.of("HERALD_PUBLIC_URL", "http://herald.test:8080"));
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void forgetAttempts() {
    herald.jdbi().useHandle(handle -> handle.execute("delete from gateway.sign_in_attempt"));
  }

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
  void anApiKeyIsShownOnceActsInItsRoleAndEndsAtOnce() {
    Answer created = herald.post("/api/v1/apiKeys", "{\"name\":\"Shop\",\"role\":\"VIEWER\"}");
    String secret = created.json().path("secret").asText();
    String id = created.json().path("id").asText();

    assertThat(secret).startsWith("hk_").hasSize(46);
    assertThat(herald.get("/api/v1/apiKeys").text()).contains("Shop").doesNotContain(secret);
    assertThat(herald.send(herald.requestWith(secret, "/api/v1/wallet")).status()).isEqualTo(200);
    Answer tooMuch =
        herald.send(
            herald.requestWith(secret, "/api/v1/campaigns/1:stop").POST(BodyPublishers.noBody()));
    assertThat(tooMuch.status()).isEqualTo(403);
    assertThat(tooMuch.reason()).isEqualTo("ROLE_TOO_LOW");

    assertThat(herald.delete("/api/v1/apiKeys/" + id).status()).isEqualTo(200);
    assertThat(herald.send(herald.requestWith(secret, "/api/v1/wallet")).status()).isEqualTo(401);
    assertThat(herald.delete("/api/v1/apiKeys/" + id).status()).isEqualTo(200);
    assertThat(herald.delete("/api/v1/apiKeys/123").status()).isEqualTo(404);
  }

  @Test
  void whatIsMadeWithAnIdempotencyKeyIsMadeOnce() throws Exception {
    String body = "{\"name\":\"Once\",\"role\":\"VIEWER\"}";
    List<Future<Answer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        answers.add(threads.submit(() -> make("/api/v1/apiKeys", "key-1", body)));
      }
    }
    Answer first = answers.getFirst().get();
    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).as(answer.get().toString()).isEqualTo(200);
      assertThat(answer.get().json()).isEqualTo(first.json());
    }
    assertThat(first.json().path("secret").asText()).startsWith("hk_");
    assertThat(herald.get("/api/v1/apiKeys").text().split("\"Once\"", -1)).hasSize(2);
    assertThat(make("/api/v1/apiKeys", "key-1", body.replace("Once", "Twice")).reason())
        .isEqualTo("REQUEST_ID_REUSED");

    String person = "{\"email\":\"once@example.com\",\"role\":\"VIEWER\"}";
    Answer invited = make("/api/v1/users", "key-1", person);
    assertThat(invited.status()).isEqualTo(200);
    assertThat(make("/api/v1/users", "key-1", person).json()).isEqualTo(invited.json());
    assertThat(make("/api/v1/users", "key-2", person).reason()).isEqualTo("USER_EXISTS");
    // A refusal is no answer to be kept: what was wrong may be put right.
    assertThat(make("/api/v1/users", "key-2", person.replace("once", "then")).status())
        .isEqualTo(200);
    // Nothing of what is shown once lies readable.
    String stored =
        herald
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "select string_agg(encode(response, 'escape'), ' ') from"
                                + " gateway.request")
                        .mapTo(String.class)
                        .one());
    assertThat(stored).doesNotContain("hk_", "once@example.com");
  }

  private static Answer make(String path, String key, String body) {
    return herald.send(
        herald
            .request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aWorkspaceInACurrencyWithoutPricesIsNotMade() {
    herald
        .services()
        .refuse(
            ReservationServiceGrpc.getCreateWalletMethod(),
            HeraldException.invalid(
                "currency", "CURRENCY_NOT_OFFERED", "No rate card is loaded for JPY."));
    try {
      Answer refused =
          make(
              "/api/v1/workspaces",
              "ws-jpy",
              """
              {"name":"Unpriced","timeZone":"Asia/Tokyo","currency":"JPY",
               "ownerEmail":"boss@unpriced.example","ownerName":"Boss"}
              """);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.reason()).isEqualTo("CURRENCY_NOT_OFFERED");
      assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo("currency");
      assertThat(herald.get("/api/v1/workspaces").text()).doesNotContain("Unpriced");
    } finally {
      herald.services().reset();
    }
  }

  @Test
  void theOperatorMakesWorkspacesAndNobodyElse() {
    String body =
        """
        {"name":"Client","timeZone":"Asia/Kolkata","currency":"INR",
         "ownerEmail":"boss@client.example","ownerName":"Boss"}
        """;
    Answer made = make("/api/v1/workspaces", "ws-1", body);
    assertThat(made.status()).as(made.toString()).isEqualTo(200);
    assertThat(make("/api/v1/workspaces", "ws-1", body).json()).isEqualTo(made.json());
    String id = made.json().path("id").asText();
    assertThat(herald.get("/api/v1/workspaces").text()).contains("\"" + id + "\"");
    assertThat(make("/api/v1/workspaces", "ws-2", body.replace("INR", "XQX")).reason())
        .isEqualTo("CURRENCY_UNKNOWN");
    assertThat(make("/api/v1/workspaces", "ws-3", body.replace("Kolkata", "Atlantis")).reason())
        .isEqualTo("TIME_ZONE_UNKNOWN");

    String link = made.json().path("signInLink").asText();
    Answer in = signIn("{\"signInToken\":\"" + link.substring(link.indexOf('=') + 1) + "\"}");
    assertThat(in.json().at("/workspace/id").asText()).isEqualTo(id);
    assertThat(in.json().path("role").asText()).isEqualTo("OWNER");
    for (HttpRequest.Builder request :
        List.of(
            own(cookie(in), "/api/v1/workspaces").GET(),
            own(cookie(in), "/api/v1/workspaces")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)))) {
      assertThat(herald.send(request).reason()).isEqualTo("NOT_THE_OPERATOR");
    }
  }

  @Test
  void badCredentialsAreAllAnsweredAlike() {
    List<Answer> answers = new ArrayList<>();
    answers.add(herald.send(herald.anonymous("/api/v1/wallet")));
    for (String header :
        List.of(
            "Bearer ",
            "Bearer hk_nope",
            "Basic " + TestGateway.OWNER_KEY,
            TestGateway.OWNER_KEY,
            "Bearer " + TestGateway.OWNER_KEY + "x",
            "Bearer " + "x".repeat(5000))) {
      answers.add(herald.send(herald.anonymous("/api/v1/wallet").header("Authorization", header)));
    }
    answers.add(
        herald.send(herald.request("/api/v1/wallet").header("Authorization", "Bearer second")));

    assertThat(answers).allMatch(answer -> answer.status() == 401);
    assertThat(answers)
        .extracting(answer -> answer.json().path("detail").asText())
        .containsOnly(answers.getFirst().json().path("detail").asText());
    assertThat(answers).allMatch(answer -> answer.header("WWW-Authenticate").equals("Bearer"));
  }

  @Test
  void aTokenForGrpcIsTakenByTheServices() throws Exception {
    Answer answer = herald.post("/api/v1/token", "");
    String jwks = herald.send(herald.anonymous("/.well-known/jwks.json")).text();
    JWKSet keys = JWKSet.parse(jwks);

    Caller caller =
        TokenVerifier.of(JwksSource.local(() -> keys), TestGateway.SERVICE_SECRET)
            .verify(answer.json().path("token").asText());

    assertThat(caller).isEqualTo(new Caller(herald.workspace(), Role.OWNER, "key:Bootstrap"));
    assertThat(jwks).doesNotContain("\"d\"");
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

  @Test
  void theBootstrapKeyOfAnEarlierStartNoLongerWorks() {
    try (TestGateway other = TestGateway.start()) {
      other.restart(Map.of("HERALD_BOOTSTRAP_API_KEY", "hk_the-next-key-0123456789"));
      assertThat(other.get("/api/v1/me").status()).isEqualTo(401);
      assertThat(
              other
                  .send(other.requestWith("hk_the-next-key-0123456789", "/api/v1/me"))
                  .json()
                  .path("role")
                  .asText())
          .isEqualTo("OWNER");
    }
  }

  private record Person(String id, String email, String cookie) {}

  private static Person newPerson(String role) {
    String email = "person" + ++people + "@example.com";
    Answer invited =
        herald.post(
            "/api/v1/users",
            "{\"email\":\"%s\",\"name\":\"P\",\"role\":\"%s\"}".formatted(email, role));
    String link = invited.json().path("signInLink").asText();
    Answer in = signIn("{\"signInToken\":\"" + link.substring(link.indexOf('=') + 1) + "\"}");
    return new Person(invited.json().path("id").asText(), email, cookie(in));
  }

  private static long otherWorkspace() {
    return herald.newWorkspace("Other");
  }

  private static Answer signIn(String email, String password) {
    return signIn("{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password));
  }

  private static Answer signIn(String json) {
    return herald.send(
        herald
            .anonymous("/api/v1/session")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  private static Answer setPassword(String cookie, String current, String wanted) {
    return herald.send(
        own(cookie, "/api/v1/me:password")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}"
                        .formatted(current, wanted))));
  }

  private static Answer change(String cookie, Map<String, String> headers) {
    HttpRequest.Builder request =
        herald
            .anonymous("/api/v1/workspace")
            .header("Content-Type", "application/json")
            .header("Cookie", cookie)
            .method("PATCH", BodyPublishers.ofString("{\"name\":\"New name\"}"));
    headers.forEach(request::header);
    return herald.send(request);
  }

  private static HttpRequest.Builder own(String cookie, String path) {
    return herald.anonymous(path).header("Cookie", cookie).header("X-Herald-CSRF", "1");
  }

  private static Answer me(String cookie) {
    return herald.send(herald.anonymous("/api/v1/me").header("Cookie", cookie));
  }

  private static String cookie(Answer answer) {
    return answer.header("Set-Cookie").split(";", 2)[0];
  }
}
