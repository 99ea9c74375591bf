package dev.herald.runtime.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.herald.runtime.HeraldException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Signing keys fetched by HTTP and cached. A key id not seen before is looked up again at once, but
 * not more often than every few seconds, so that tokens with invented ids cannot make us hammer the
 * gateway. Known keys stay good for an hour while the gateway cannot be reached.
 */
final class RemoteJwks implements JwksSource {
  private static final Duration CACHED_FOR = Duration.ofMinutes(5);
  private static final Duration REFRESH_WAIT = Duration.ofSeconds(5);
  private static final Duration FETCH_INTERVAL = Duration.ofSeconds(5);
  private static final Duration OUTAGE = Duration.ofHours(1);
  private static final int MAX_BYTES = 64 * 1024;
  private static final int TIMEOUT_MILLIS = 2_000;

  private final JWKSource<SecurityContext> source;

  RemoteJwks(URI uri) {
    try {
      var http = new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MAX_BYTES);
      this.source =
          JWKSourceBuilder.<SecurityContext>create(uri.toURL(), http)
              .cache(CACHED_FOR.toMillis(), REFRESH_WAIT.toMillis())
              .refreshAheadCache(false)
              .rateLimited(FETCH_INTERVAL.toMillis())
              .outageTolerant(OUTAGE.toMillis())
              .build();
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw new IllegalArgumentException("Not the address of a JWKS: " + uri, e);
    }
  }

  @Override
  public Optional<ECKey> key(String keyId) {
    try {
      return first(source.get(selector(keyId), null));
    } catch (RateLimitReachedException e) {
      return Optional.empty();
    } catch (KeySourceException e) {
      throw HeraldException.unavailable(
              "SIGNING_KEYS_UNAVAILABLE", "The gateway's signing keys cannot be read just now.")
          .causedBy(e);
    }
  }

  static JWKSelector selector(String keyId) {
    return new JWKSelector(
        new JWKMatcher.Builder().keyType(KeyType.EC).curve(Curve.P_256).keyID(keyId).build());
  }

  static Optional<ECKey> first(List<JWK> keys) {
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys.getFirst().toECKey());
  }
}
