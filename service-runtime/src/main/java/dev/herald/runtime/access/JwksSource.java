package dev.herald.runtime.access;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/** Where the gateway's public signing keys come from. */
@FunctionalInterface
public interface JwksSource {

  /** The P-256 key of this id, or empty if the gateway publishes none. */
  Optional<ECKey> key(String keyId);

  /** Keys of this process, for the gateway itself and for tests. */
  static JwksSource local(Supplier<JWKSet> keys) {
    return keyId -> RemoteJwks.first(RemoteJwks.selector(keyId).select(keys.get()));
  }

  /** Keys fetched by HTTP and cached. */
  static JwksSource remote(URI uri) {
    return new RemoteJwks(uri);
  }
}
