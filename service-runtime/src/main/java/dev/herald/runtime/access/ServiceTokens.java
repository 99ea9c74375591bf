package dev.herald.runtime.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.herald.runtime.config.Secret;
import io.grpc.CallCredentials;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** The tokens by which one service proves to another that it is a part of Herald. */
public final class ServiceTokens {
  /** The setting every service shares. */
  public static final String SETTING = "HERALD_SERVICE_SECRET";

  private static final int MIN_SECRET_BYTES = 32;
  private static final Duration RENEW_BEFORE_EXPIRY = Duration.ofMinutes(2);

  private final Secret secret;
  private final String serviceName;
  private final Clock clock;
  // Two threads may mint at the same moment; both tokens are good.
  private volatile @Nullable Minted current;

  private record Minted(String token, Instant issued, Instant expiry) {

    // A clock that was ahead and has been set right must not leave us with a token of the future.
    boolean isGoodAt(Instant now) {
      return !now.isBefore(issued) && !now.isAfter(expiry.minus(RENEW_BEFORE_EXPIRY));
    }
  }

  public ServiceTokens(Secret secret, String serviceName) {
    this(secret, serviceName, Clock.systemUTC());
  }

  ServiceTokens(Secret secret, String serviceName, Clock clock) {
    this.secret = secret.atLeastBytes(MIN_SECRET_BYTES, SETTING);
    this.serviceName = serviceName;
    this.clock = clock;
  }

  /** A token good for at least two more minutes. */
  public String mint() {
    Instant now = clock.instant();
    Minted minted = current;
    if (minted == null || !minted.isGoodAt(now)) {
      minted = sign(now);
      current = minted;
    }
    return minted.token();
  }

  /** Credentials for the channels to other services. */
  public CallCredentials asCredentials() {
    return BearerToken.of(this::mint);
  }

  private Minted sign(Instant now) {
    Instant expiry = now.plus(Claims.SERVICE_LIFETIME);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(Claims.SERVICE_ISSUER)
            .audience(Claims.AUDIENCE)
            .subject(serviceName)
            .claim(Claims.ROLE, Role.SERVICE.claim())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expiry))
            .build();
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    try {
      token.sign(new MACSigner(secret.bytes()));
    } catch (JOSEException e) {
      throw new IllegalStateException("A service token could not be signed.", e);
    }
    return new Minted(token.serialize(), now, expiry);
  }
}
