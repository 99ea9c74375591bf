package dev.herald.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.herald.gateway.GatewayConfig;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.IdentityProvider;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A browser, Herald and a provider, over real HTTP. */
class OidcTest {
  private static IdentityProvider provider;
  private static TestGateway herald;
  private static int people;

  private String email = "";

  @BeforeAll
  static void start() {
    provider = new IdentityProvider();
    herald =
        TestGateway.start(
            Map.of(
                "HERALD_OIDC_ISSUER",
                provider.issuer(),
                "HERALD_OIDC_CLIENT_ID",
                IdentityProvider.CLIENT,
                "HERALD_OIDC_CLIENT_SECRET",
                IdentityProvider.SECRET,
                "HERALD_OIDC_LABEL",
                "Acme",
                "HERALD_OIDC_DOMAINS",
                "Staff.Example=OPERATOR"));
  }

  @AfterAll
  static void stop() {
    herald.close();
    provider.close();
  }

  @BeforeEach
  void reset() {
    provider.reset();
    herald.jdbi().useHandle(handle -> handle.execute("delete from gateway.sign_in_attempt"));
    email = "person" + ++people + "@example.com";
    provider.person("subject-" + people, email, true);
  }

  @Test
  void anInvitedPersonSignsInAndIsTheyThemselves() {
    invite(email, "OPERATOR");

    Browser browser = new Browser();
    Answer end = browser.signIn();

    assertThat(end.status()).isEqualTo(302);
    assertThat(end.header("Location")).isEqualTo("/");
    JsonNode me = browser.get("/api/v1/me").json();
    assertThat(me.path("email").asText()).isEqualTo(email);
    assertThat(me.path("role").asText()).isEqualTo("OPERATOR");
    assertThat(browser.cookies.get("herald_oidc")).isEmpty();
    assertThat(browser.setCookies)
        .allMatch(cookie -> cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
  }

  @Test
  void theQuestionHasStateNonceAndAProofKeyAndTheAnswerIsFetchedWithTheSecret() {
    invite(email, "VIEWER");

    Answer begun = new Browser().get("/sign-in/oidc");

    Map<String, String> query = IdentityProvider.query(URI.create(begun.header("Location")));
    assertThat(query)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", IdentityProvider.CLIENT)
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("redirect_uri", herald.address("/sign-in/oidc/callback").toString());
    assertThat(query.get("state")).hasSizeGreaterThan(20);
    assertThat(query.get("nonce")).hasSizeGreaterThan(20);
    assertThat(query.get("code_challenge")).hasSizeGreaterThan(40);
    assertThat(List.of(query.get("scope").split(" "))).contains("openid", "email", "profile");
    assertThat(provider.tokenRequests()).isZero();
  }

  @Test
  void whoWasNotInvitedStaysOutside() {
    assertThat(refusal(new Browser().signIn())).isEqualTo("OIDC_NOT_INVITED");
    assertThat(users()).doesNotContain(email);
  }

  @Test
  void anAddressTheProviderDoesNotVouchForIsNoProof() {
    invite(email, "VIEWER");
    provider.person("subject-" + people, email, false);

    assertThat(refusal(new Browser().signIn())).isEqualTo("OIDC_EMAIL_UNVERIFIED");
  }

  @Test
  void anAddressWithoutAWordOnItsProofIsNoProof() {
    invite(email, "VIEWER");
    provider.changing(claims -> claims.claim("email_verified", null));

    assertThat(refusal(new Browser().signIn())).isEqualTo("OIDC_EMAIL_UNVERIFIED");
  }

  @Test
  void peopleOfTheDomainComeInWithItsRole() {
    email = "new" + people + "@staff.example";
    provider.person("subject-" + people, email.toUpperCase(java.util.Locale.ROOT), true);

    Browser browser = new Browser();
    browser.signIn();

    assertThat(browser.get("/api/v1/me").json().path("role").asText()).isEqualTo("OPERATOR");
    assertThat(users()).contains(email);
  }

  @Test
  void aDomainThatOnlyEndsLikeOursIsAnother() {
    for (String domain :
        List.of("notstaff.example", "staff.example.evil.example", "x.staff.example")) {
      provider.person("subject-" + people, "a@" + domain, true);
      assertThat(refusal(new Browser().signIn())).as(domain).isEqualTo("OIDC_NOT_INVITED");
    }
  }

  @Test
  void whoIsSuspendedStaysOutsideAlsoInTheDomain() {
    email = "suspended" + people + "@staff.example";
    String id = invite(email, "VIEWER");
    herald.patch("/api/v1/users/" + id, "{\"suspended\":true}");
    provider.person("subject-" + people, email, true);

    assertThat(refusal(new Browser().signIn())).isEqualTo("OIDC_NOT_INVITED");
  }

  @Test
  void whoGetsAnAddressLaterIsSomebodyElse() {
    invite(email, "OWNER");
    assertThat(new Browser().signIn().header("Location")).isEqualTo("/");
    provider.person("another-subject-" + people, email, true);

    assertThat(refusal(new Browser().signIn())).isEqualTo("OIDC_NOT_INVITED");
  }

  @Test
  void whoGetsAnotherAddressIsStillTheSamePerson() {
    invite(email, "OWNER");
    new Browser().signIn();
    provider.person("subject-" + people, "married" + people + "@example.com", true);

    Browser browser = new Browser();
    browser.signIn();

    assertThat(browser.get("/api/v1/me").json().path("email").asText()).isEqualTo(email);
  }

  @Test
  void noTokenButAGoodOneIsBelieved() {
    invite(email, "OWNER");
    Map<String, UnaryOperator<JWTClaimsSet.Builder>> forgeries = new HashMap<>();
    forgeries.put("nonce", claims -> claims.claim("nonce", "another"));
    forgeries.put("no nonce", claims -> claims.claim("nonce", null));
    forgeries.put("audience", claims -> claims.audience("another client"));
    forgeries.put("issuer", claims -> claims.issuer("https://elsewhere.example"));
    forgeries.put(
        "expired",
        claims -> claims.expirationTime(Date.from(Instant.now().minus(Duration.ofHours(1)))));
    forgeries.forEach(
        (what, forgery) -> {
          provider.changing(forgery);
          assertThat(refusal(new Browser().signIn())).as(what).isEqualTo("OIDC_INVALID");
        });
    provider.reset();
    provider.person("subject-" + people, email, true);
    for (IdentityProvider.Signing signing : IdentityProvider.Signing.values()) {
      if (signing != IdentityProvider.Signing.GOOD) {
        provider.signing(signing);
        assertThat(refusal(new Browser().signIn())).as(signing.name()).isEqualTo("OIDC_INVALID");
      }
    }
  }

  @Test
  void anAnswerCountsOnlyInTheBrowserThatAsked() {
    invite(email, "OWNER");
    Browser victim = new Browser();
    Browser attacker = new Browser();
    URI atProvider = URI.create(attacker.get("/sign-in/oidc").header("Location"));
    URI back = provider.authorize(atProvider);

    assertThat(refusal(victim.get(pathOf(back)))).isEqualTo("OIDC_EXPIRED");
    victim.get("/sign-in/oidc");
    assertThat(refusal(victim.get(pathOf(back)))).isEqualTo("OIDC_INVALID");
    assertThat(provider.tokenRequests()).isZero();
    assertThat(victim.get("/api/v1/me").status()).isEqualTo(401);
  }

  @Test
  void anAnswerCountsOnce() {
    invite(email, "OWNER");
    Browser browser = new Browser();
    URI back = provider.authorize(URI.create(browser.get("/sign-in/oidc").header("Location")));
    assertThat(browser.get(pathOf(back)).header("Location")).isEqualTo("/");

    assertThat(refusal(browser.get(pathOf(back)))).isEqualTo("OIDC_EXPIRED");
  }

  @Test
  void aMadeUpCookieIsNone() {
    invite(email, "OWNER");
    Browser browser = new Browser();
    URI back = provider.authorize(URI.create(browser.get("/sign-in/oidc").header("Location")));
    for (String value : List.of("x", "AAAA", "a".repeat(200), "%00")) {
      browser.cookies.put("herald_oidc", value);
      assertThat(refusal(browser.get(pathOf(back)))).isEqualTo("OIDC_EXPIRED");
    }
  }

  @Test
  void whatTheProviderRefusesIsSaid() {
    Browser browser = new Browser();
    Map<String, String> query =
        IdentityProvider.query(URI.create(browser.get("/sign-in/oidc").header("Location")));

    Answer answer =
        browser.get("/sign-in/oidc/callback?error=access_denied&state=" + query.get("state"));

    assertThat(refusal(answer)).isEqualTo("OIDC_REFUSED");
  }

  @Test
  void whileTheProviderIsAwayPasswordsStillWork() {
    try (TestGateway other =
        TestGateway.start(
            Map.of(
                "HERALD_OIDC_ISSUER", "http://127.0.0.1:9", "HERALD_OIDC_CLIENT_ID", "herald"))) {
      Answer answer = other.send(other.anonymous("/sign-in/oidc"));

      assertThat(refusal(answer)).isEqualTo("OIDC_UNAVAILABLE");
      assertThat(other.send(other.anonymous("/healthz")).status()).isEqualTo(200);
    }
  }

  @Test
  void theSignInPageLearnsWhetherThereIsAProvider() {
    JsonNode options = herald.send(herald.anonymous("/api/v1/session:options")).json();

    assertThat(options.path("singleSignOnLabel").asText()).isEqualTo("Acme");
    assertThat(options.path("singleSignOnPath").asText()).isEqualTo("/sign-in/oidc");
  }

  @Test
  void settingsThatCannotBeRightStopTheStart() {
    for (Map<String, String> wrong :
        List.of(
            Map.of("HERALD_OIDC_ISSUER", "http://login.example.com"),
            Map.of("HERALD_OIDC_ISSUER", "https://login.example.com"),
            Map.of(
                "HERALD_OIDC_ISSUER",
                "https://login.example.com",
                "HERALD_OIDC_CLIENT_ID",
                "herald",
                "HERALD_OIDC_DOMAINS",
                "example.com=ADMIN"))) {
      Map<String, String> values = new HashMap<>(herald.settings());
      values.keySet().removeIf(name -> name.startsWith("HERALD_OIDC"));
      values.putAll(wrong);
      assertThatThrownBy(() -> GatewayConfig.from(Settings.of(values)))
          .as(wrong.toString())
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("HERALD_OIDC");
    }
  }

  private static String invite(String email, String role) {
    return herald
        .post("/api/v1/users", "{\"email\":\"%s\",\"role\":\"%s\"}".formatted(email, role))
        .json()
        .path("id")
        .asText();
  }

  private static String users() {
    return herald.get("/api/v1/users?pageSize=1000").text();
  }

  private static String refusal(Answer answer) {
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).startsWith("/sign-in?problem=");
    return answer.header("Location").substring("/sign-in?problem=".length());
  }

  private static String pathOf(URI address) {
    return address.getRawPath() + "?" + address.getRawQuery();
  }

  /** Keeps cookies, and goes where it is sent. */
  private static final class Browser {
    private final Map<String, String> cookies = new HashMap<>();
    private final java.util.ArrayList<String> setCookies = new java.util.ArrayList<>();

    Answer signIn() {
      Answer begun = get("/sign-in/oidc");
      assertThat(begun.status()).as(begun.toString()).isEqualTo(302);
      return get(pathOf(provider.authorize(URI.create(begun.header("Location")))));
    }

    Answer get(String path) {
      var request = herald.anonymous(path);
      StringBuilder sent = new StringBuilder();
      cookies.forEach(
          (name, value) -> {
            if (!value.isEmpty()) {
              sent.append(sent.isEmpty() ? "" : "; ").append(name).append('=').append(value);
            }
          });
      if (!sent.isEmpty()) {
        request.header("Cookie", sent.toString());
      }
      Answer answer = herald.send(request);
      for (String cookie : answer.headers().allValues("Set-Cookie")) {
        setCookies.add(cookie);
        String pair = cookie.substring(0, cookie.indexOf(';'));
        cookies.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
      }
      return answer;
    }
  }
}
