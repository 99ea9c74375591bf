package dev.herald.runtime.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import io.grpc.Context;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns a bearer token into a {@link Caller} or refuses it.
 *
 * <p>The algorithm decides the key and the issuer, never the other way round: ES256 is the
 * gateway's and can only name a person or API key in a workspace; HS256 with the shared secret is a
 * service's and can only name a service. Everything else is refused.
 */
public final class TokenVerifier implements Authentication {
  private static final int MAX_TOKEN_LENGTH = 4096;
  private static final int MAX_SUBJECT_LENGTH = 256;
  private static final int MAX_CACHED_TOKENS = 10_000;
  private static final Pattern WORKSPACE = Pattern.compile("[1-9][0-9]{0,18}");

  private final JwksSource keys;
  private final MACVerifier serviceVerifier;
  private final Clock clock;
  // Checking an ES256 signature costs more than a small query, and a token is used for many calls.
  private final Cache<String, Verified> verified =
      Caffeine.newBuilder()
          .maximumSize(MAX_CACHED_TOKENS)
          .expireAfterWrite(Claims.MAX_LIFETIME)
          .build();

  private record Verified(Caller caller, Instant expiry) {}

  private TokenVerifier(JwksSource keys, Secret serviceSecret, Clock clock) {
    this.keys = keys;
    this.clock = clock;
    try {
      this.serviceVerifier =
          new MACVerifier(serviceSecret.atLeastBytes(32, ServiceTokens.SETTING).bytes());
    } catch (JOSEException e) {
      throw new IllegalArgumentException("Not a usable secret.", e);
    }
  }

  public static TokenVerifier of(URI jwks, Secret serviceSecret) {
    return of(JwksSource.remote(jwks), serviceSecret);
  }

  public static TokenVerifier of(JwksSource keys, Secret serviceSecret) {
    return of(keys, serviceSecret, Clock.systemUTC());
  }

  static TokenVerifier of(JwksSource keys, Secret serviceSecret, Clock clock) {
    return new TokenVerifier(keys, serviceSecret, clock);
  }

  @Override
  public Context authenticate(String bearer, String address, Context parent) {
    return verify(bearer).in(parent);
  }

  /**
   * The caller a token proves.
   *
   * @param bearer the token itself, without the word Bearer
   */
  public Caller verify(String bearer) {
    if (bearer.isEmpty() || bearer.length() > MAX_TOKEN_LENGTH) {
      throw refused("it has no plausible length");
    }
    Verified known = verified.getIfPresent(bearer);
    if (known == null) {
      known = check(bearer);
      verified.put(bearer, known);
    } else {
      requireNotExpired(known.expiry());
    }
    return known.caller();
  }

  private Verified check(String bearer) {
    try {
      SignedJWT token = SignedJWT.parse(bearer);
      JWSAlgorithm algorithm = token.getHeader().getAlgorithm();
      if (JWSAlgorithm.ES256.equals(algorithm)) {
        return checkGateway(token);
      }
      if (JWSAlgorithm.HS256.equals(algorithm)) {
        return checkService(token);
      }
      throw refused("its algorithm is not accepted");
    } catch (ParseException | JOSEException e) {
      throw refused("it cannot be read");
    }
  }

  private Verified checkGateway(SignedJWT token) throws JOSEException, ParseException {
    String keyId = token.getHeader().getKeyID();
    ECKey key = keyId == null ? null : keys.key(keyId).orElse(null);
    if (key == null) {
      throw refused("its signing key is not known");
    }
    requireSignature(token, new ECDSAVerifier(key));
    JWTClaimsSet claims = token.getJWTClaimsSet();
    Instant expiry = requireCommon(claims, Claims.ISSUER, Claims.MAX_LIFETIME);
    Role role = requireRole(claims);
    if (role == Role.SERVICE) {
      throw refused("it claims to be a service's");
    }
    return new Verified(new Caller(requireWorkspace(claims), role, requireSubject(claims)), expiry);
  }

  private Verified checkService(SignedJWT token) throws JOSEException, ParseException {
    requireSignature(token, serviceVerifier);
    JWTClaimsSet claims = token.getJWTClaimsSet();
    Instant expiry = requireCommon(claims, Claims.SERVICE_ISSUER, Claims.SERVICE_LIFETIME);
    if (requireRole(claims) != Role.SERVICE) {
      throw refused("a service can speak only for itself");
    }
    return new Verified(Caller.service(requireSubject(claims)), expiry);
  }

  private static void requireSignature(SignedJWT token, JWSVerifier verifier) throws JOSEException {
    if (!token.verify(verifier)) {
      throw refused("its signature is wrong");
    }
  }

  private Instant requireCommon(JWTClaimsSet claims, String issuer, Duration maxLifetime) {
    if (!issuer.equals(claims.getIssuer())) {
      throw refused("its issuer is wrong");
    }
    if (!List.of(Claims.AUDIENCE).equals(claims.getAudience())) {
      throw refused("it is meant for somebody else");
    }
    Date issued = claims.getIssueTime();
    Date expires = claims.getExpirationTime();
    if (issued == null || expires == null) {
      throw refused("it does not say how long it is good");
    }
    Instant expiry = expires.toInstant();
    requireNotExpired(expiry);
    requireStarted(issued.toInstant());
    if (claims.getNotBeforeTime() != null) {
      requireStarted(claims.getNotBeforeTime().toInstant());
    }
    if (expiry.isAfter(issued.toInstant().plus(maxLifetime))) {
      throw refused("it is good for too long");
    }
    return expiry;
  }

  private void requireNotExpired(Instant expiry) {
    if (!clock.instant().isBefore(expiry.plus(Claims.CLOCK_SKEW))) {
      throw HeraldException.unauthenticated(
          "TOKEN_EXPIRED", "The token has expired. Ask the gateway for a new one.");
    }
  }

  private void requireStarted(Instant start) {
    if (start.isAfter(clock.instant().plus(Claims.CLOCK_SKEW))) {
      throw refused("it is from the future");
    }
  }

  private static Role requireRole(JWTClaimsSet claims) throws ParseException {
    String claim = claims.getStringClaim(Claims.ROLE);
    return Role.ofClaim(claim == null ? "" : claim)
        .orElseThrow(() -> refused("its role is not known"));
  }

  private static long requireWorkspace(JWTClaimsSet claims) throws ParseException {
    String claim = claims.getStringClaim(Claims.WORKSPACE);
    if (claim != null && WORKSPACE.matcher(claim).matches()) {
      try {
        return Long.parseLong(claim);
      } catch (NumberFormatException e) {
        // More than 63 bits: refused like any other nonsense.
      }
    }
    throw refused("its workspace is not an id");
  }

  private static String requireSubject(JWTClaimsSet claims) {
    @Nullable String subject = claims.getSubject();
    if (subject == null || subject.isBlank() || subject.length() > MAX_SUBJECT_LENGTH) {
      throw refused("it names nobody");
    }
    return subject;
  }

  private static HeraldException refused(String why) {
    return HeraldException.unauthenticated("TOKEN_INVALID", "The token is refused: " + why + ".");
  }
}
