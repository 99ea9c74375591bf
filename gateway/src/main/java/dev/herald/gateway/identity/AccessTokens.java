package dev.herald.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.herald.runtime.access.Claims;
import dev.herald.runtime.access.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/**
 * The short-lived tokens by which the services know a caller: who, in which workspace, in what
 * role.
 */
public final class AccessTokens {
  // Signing costs more than a small query, and a client makes many calls.
  private static final Duration REUSED_FOR = Duration.ofMinutes(2);
  private static final Duration LIFETIME_OF_CALLS = Duration.ofMinutes(5);
  private static final int MOST_CACHED = 10_000;
  private static final int MAX_SUBJECT_LENGTH = 256;

  private final SigningKeys keys;
  private final Clock clock;
  private final Cache<Holder, Signed> cached =
      Caffeine.newBuilder().maximumSize(MOST_CACHED).expireAfterWrite(REUSED_FOR).build();

  /** A signed token and when it ends. */
  public record Token(String value, Instant expireTime) {}

  private record Signed(Token token, Instant issueTime) {}

  private record Holder(long workspace, Role role, String subject) {}

  public AccessTokens(SigningKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** A token for a call the gateway makes for this principal. */
  public String forCall(Principal principal) {
    Holder holder = new Holder(principal.workspace(), principal.role(), principal.subject());
    Signed signed = cached.get(holder, this::signForCall);
    if (signed.issueTime().isAfter(clock.instant())) {
      // Our clock was ahead and has been set right: nobody takes a token of the future.
      signed = signForCall(holder);
      cached.put(holder, signed);
    }
    return signed.token().value();
  }

  private Signed signForCall(Holder holder) {
    Instant now = clock.instant();
    return new Signed(sign(holder, LIFETIME_OF_CALLS), now);
  }

  /** A token to hand out, for calling the services directly. */
  public Token handOut(Principal principal) {
    return sign(
        new Holder(principal.workspace(), principal.role(), principal.subject()),
        Claims.MAX_LIFETIME);
  }

  private Token sign(Holder holder, Duration lifetime) {
    Instant now = clock.instant();
    Instant expireTime = now.plus(lifetime);
    ECKey key = keys.current();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(Claims.ISSUER)
            .audience(Claims.AUDIENCE)
            .subject(shortened(holder.subject()))
            .claim(Claims.WORKSPACE, Long.toString(holder.workspace()))
            .claim(Claims.ROLE, holder.role().claim())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expireTime))
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    try {
      token.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("A token could not be signed.", e);
    }
    return new Token(token.serialize(), expireTime);
  }

  private static String shortened(String subject) {
    return subject.length() <= MAX_SUBJECT_LENGTH
        ? subject
        : subject.substring(0, MAX_SUBJECT_LENGTH);
  }
}
