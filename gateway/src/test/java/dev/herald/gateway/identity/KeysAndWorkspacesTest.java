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
import org.junit.jupiter.api.Test;

/** Keys of programs, and workspaces made by the operator. */
class KeysAndWorkspacesTest extends IdentityFixture {

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
}
