package dev.herald.runtime.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.testing.TestTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
  private static final TestTokens TOKENS = new TestTokens();

  private final TokenVerifier verifier = TOKENS.verifier();

  @Test
  void aGatewayTokenProvesAPersonInAWorkspace() {
    assertThat(verifier.verify(TOKENS.token(7, Role.OPERATOR)))
        .isEqualTo(new Caller(7, Role.OPERATOR, "test-operator"));
  }

  @Test
  void aServiceTokenProvesAService() {
    String token = new ServiceTokens(TOKENS.serviceSecret(), "campaign-service").mint();
    assertThat(verifier.verify(token)).isEqualTo(Caller.service("campaign-service"));
  }

  static Stream<Named<UnaryOperator<JWTClaimsSet.Builder>>> spoiledClaims() {
    Date longAgo = Date.from(Instant.now().minus(Duration.ofHours(2)));
    Date soon = Date.from(Instant.now().plus(Duration.ofHours(2)));
    return Stream.of(
        Named.of("no issuer", c -> c.issuer(null)),
        Named.of("a service's issuer", c -> c.issuer(Claims.SERVICE_ISSUER)),
        Named.of("another audience", c -> c.audience("elsewhere")),
        Named.of("more than one audience", c -> c.audience(List.of("herald", "elsewhere"))),
        Named.of("no audience", c -> c.audience((String) null)),
        Named.of("no expiry", c -> c.expirationTime(null)),
        Named.of("no time of issue", c -> c.issueTime(null)),
        Named.of("expired", c -> c.issueTime(longAgo).expirationTime(longAgo)),
        Named.of("good for too long", c -> c.expirationTime(soon)),
        Named.of("from the future", c -> c.issueTime(soon).expirationTime(soon)),
        Named.of("not yet good", c -> c.notBeforeTime(soon)),
        Named.of("no role", c -> c.claim("role", null)),
        Named.of("an unknown role", c -> c.claim("role", "root")),
        Named.of("a role in capitals", c -> c.claim("role", "OWNER")),
        Named.of("a service's role", c -> c.claim("role", "service")),
        Named.of("a role that is a number", c -> c.claim("role", 1)),
        Named.of("no workspace", c -> c.claim("workspace", null)),
        Named.of("workspace 0", c -> c.claim("workspace", "0")),
        Named.of("a negative workspace", c -> c.claim("workspace", "-1")),
        Named.of("a workspace of 65 bits", c -> c.claim("workspace", "9999999999999999999")),
        Named.of("a workspace that is a number", c -> c.claim("workspace", 7)),
        Named.of("no subject", c -> c.subject(null)),
        Named.of("a blank subject", c -> c.subject(" ")));
  }

  @ParameterizedTest
  @MethodSource("spoiledClaims")
  void aTokenWithOneWrongClaimIsRefused(UnaryOperator<JWTClaimsSet.Builder> spoil) {
    JWTClaimsSet claims = spoil.apply(TOKENS.claims(7, Role.OWNER)).build();
    assertRefused(TOKENS.sign(claims));
  }

  @Test
  void aTokenOfAnotherKeyIsRefusedEvenUnderAKnownId() {
    JWTClaimsSet claims = TOKENS.claims(7, Role.OWNER).build();
    assertRefused(TestTokens.sign(TestTokens.newKey("test-key"), claims));
    assertRefused(TestTokens.sign(TestTokens.newKey("unknown"), claims));
  }

  @Test
  void aTokenWithoutSignatureIsRefused() {
    assertRefused(new PlainJWT(TOKENS.claims(7, Role.OWNER).build()).serialize());
  }

  // The classic confusion: the public key is public, so it must never serve as a shared secret.
  @Test
  void aTokenSignedWithThePublicKeyAsSecretIsRefused() throws Exception {
    byte[] publicKey =
        TOKENS.publicKeys().getKeys().getFirst().toECKey().toECPublicKey().getEncoded();
    assertRefused(hs256(publicKey, TOKENS.claims(7, Role.OWNER).build()));
  }

  @Test
  void theServiceSecretCannotMakeATokenForAPerson() throws Exception {
    byte[] secret = TOKENS.serviceSecret().bytes();
    assertRefused(hs256(secret, TOKENS.claims(7, Role.OWNER).build()));
    assertRefused(
        hs256(secret, TOKENS.claims(7, Role.OWNER).issuer(Claims.SERVICE_ISSUER).build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a.b.c", "....", "eyJhbGciOiJFUzI1NiJ9.e30."})
  void garbageIsRefused(String garbage) {
    assertRefused(garbage);
  }

  @Test
  void aHugeTokenIsRefusedUnread() {
    assertRefused("a".repeat(100_000));
  }

  @Test
  void aTokenKnownFromBeforeStillExpires() {
    MovableClock clock = new MovableClock();
    TokenVerifier local =
        TokenVerifier.of(JwksSource.local(TOKENS::publicKeys), TOKENS.serviceSecret(), clock);
    String token = TOKENS.token(7, Role.VIEWER);
    assertThat(local.verify(token).role()).isEqualTo(Role.VIEWER);
    clock.advance(Duration.ofMinutes(6));
    assertThatThrownBy(() -> local.verify(token))
        .isInstanceOfSatisfying(
            HeraldException.class, e -> assertThat(e.reason()).isEqualTo("TOKEN_EXPIRED"));
  }

  @Test
  void aServiceTokenIsReusedAndRenewedBeforeItExpires() {
    MovableClock clock = new MovableClock();
    ServiceTokens tokens = new ServiceTokens(TOKENS.serviceSecret(), "gateway", clock);
    String first = tokens.mint();
    clock.advance(Duration.ofSeconds(170));
    assertThat(tokens.mint()).isEqualTo(first);
    clock.advance(Duration.ofSeconds(20));
    assertThat(tokens.mint()).isNotEqualTo(first);
  }

  @Test
  void aTokenOfAClockThatWasAheadIsNotUsedOnceTheClockIsRight() {
    MovableClock clock = new MovableClock();
    ServiceTokens tokens = new ServiceTokens(TOKENS.serviceSecret(), "gateway", clock);
    clock.advance(Duration.ofDays(3));
    String ofTheFuture = tokens.mint();
    clock.advance(Duration.ofDays(-3));
    assertThat(tokens.mint()).isNotEqualTo(ofTheFuture);
    assertThat(verifier.verify(tokens.mint()).role()).isEqualTo(Role.SERVICE);
  }

  @Test
  void aShortServiceSecretIsRefused() {
    assertThatThrownBy(() -> new ServiceTokens(new Secret("short"), "gateway"))
        .hasMessageContaining("HERALD_SERVICE_SECRET");
  }

  private void assertRefused(String token) {
    assertThatThrownBy(() -> verifier.verify(token))
        .isInstanceOfSatisfying(
            HeraldException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHENTICATED));
  }

  private static String hs256(byte[] secret, JWTClaimsSet claims) throws Exception {
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private static final class MovableClock extends Clock {
    private Instant now = Instant.now();

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
