package dev.herald.runtime.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.herald.runtime.access.BearerToken;
import dev.herald.runtime.access.Claims;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.config.Secret;
import io.grpc.CallCredentials;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/**
 * Stands in for the gateway: a signing key of its own, and tokens for whoever a test wants to be.
 */
public final class TestTokens {
  private final ECKey key = newKey("test-key");
  private final Secret serviceSecret = new Secret("a secret that only tests share, 32 bytes+");

  /** Verifies the tokens made here. */
  public TokenVerifier verifier() {
    return TokenVerifier.of(JwksSource.local(this::publicKeys), serviceSecret);
  }

  public CallCredentials viewer(long workspace) {
    return credentials(workspace, Role.VIEWER);
  }

  public CallCredentials operator(long workspace) {
    return credentials(workspace, Role.OPERATOR);
  }

  public CallCredentials owner(long workspace) {
    return credentials(workspace, Role.OWNER);
  }

  public CallCredentials credentials(long workspace, Role role) {
    return BearerToken.of(() -> token(workspace, role));
  }

  public CallCredentials service(String name) {
    return new ServiceTokens(serviceSecret, name).asCredentials();
  }

  public Secret serviceSecret() {
    return serviceSecret;
  }

  public JWKSet publicKeys() {
    return new JWKSet(key).toPublicJWKSet();
  }

  /** A token as the gateway makes it. */
  public String token(long workspace, Role role) {
    return sign(key, claims(workspace, role).build());
  }

  /** Good claims, for tests that spoil one of them. */
  public JWTClaimsSet.Builder claims(long workspace, Role role) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(Claims.ISSUER)
        .audience(Claims.AUDIENCE)
        .subject("test-" + role.claim())
        .claim(Claims.WORKSPACE, Long.toString(workspace))
        .claim(Claims.ROLE, role.claim())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(Duration.ofMinutes(5))));
  }

  /** Any claims, signed with this gateway's key. */
  public String sign(JWTClaimsSet claims) {
    return sign(key, claims);
  }

  public static String sign(ECKey key, JWTClaimsSet claims) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
      SignedJWT token = new SignedJWT(header, claims);
      token.sign(new ECDSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static ECKey newKey(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
