package dev.herald.gateway.identity;

import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** People with passwords, keys and cookies. */
abstract class IdentityFixture {

  static final String PASSWORD = "correct horse battery staple";

  static TestGateway herald;

  static int people;

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

  record Person(String id, String email, String cookie) {}

  static Person newPerson(String role) {
    String email = "person" + ++people + "@example.com";
    Answer invited =
        herald.post(
            "/api/v1/users",
            "{\"email\":\"%s\",\"name\":\"P\",\"role\":\"%s\"}".formatted(email, role));
    String link = invited.json().path("signInLink").asText();
    Answer in = signIn("{\"signInToken\":\"" + link.substring(link.indexOf('=') + 1) + "\"}");
    return new Person(invited.json().path("id").asText(), email, cookie(in));
  }

  static long otherWorkspace() {
    return herald.newWorkspace("Other");
  }

  static Answer signIn(String email, String password) {
    return signIn("{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password));
  }

  static Answer signIn(String json) {
    return herald.send(
        herald
            .anonymous("/api/v1/session")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  static Answer setPassword(String cookie, String current, String wanted) {
    return herald.send(
        own(cookie, "/api/v1/me:password")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}"
                        .formatted(current, wanted))));
  }

  static Answer change(String cookie, Map<String, String> headers) {
    HttpRequest.Builder request =
        herald
            .anonymous("/api/v1/workspace")
            .header("Content-Type", "application/json")
            .header("Cookie", cookie)
            .method("PATCH", BodyPublishers.ofString("{\"name\":\"New name\"}"));
    headers.forEach(request::header);
    return herald.send(request);
  }

  static HttpRequest.Builder own(String cookie, String path) {
    return herald.anonymous(path).header("Cookie", cookie).header("X-Herald-CSRF", "1");
  }

  static Answer me(String cookie) {
    return herald.send(herald.anonymous("/api/v1/me").header("Cookie", cookie));
  }

  static String cookie(Answer answer) {
    return answer.header("Set-Cookie").split(";", 2)[0];
  }
}
