package dev.herald.gateway.identity;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.herald.gateway.identity.OidcProvider.Attempt;
import dev.herald.gateway.security.SealedBox;
import dev.herald.runtime.config.Secret;
import io.javalin.http.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Remembers an attempt to sign in, in the browser that makes it: sealed, so that it can be neither
 * read nor made up, and for a few minutes.
 */
final class OidcCookie {
  static final String NAME = "herald_oidc";

  private static final Duration LIFETIME = Duration.ofMinutes(10);

  private final SealedBox box;
  private final GuardedCookie cookie;
  private final Clock clock;

  OidcCookie(Secret secret, Optional<URI> publicUrl, Clock clock) {
    this.box = new SealedBox(secret, "oidc-attempt");
    // SameSite=Lax will do: the provider sends the browser back by a link.
    this.cookie = new GuardedCookie(NAME, OidcRoutes.PATH, publicUrl);
    this.clock = clock;
  }

  void set(Context ctx, Attempt attempt) {
    String content =
        String.join(
            "\n",
            Long.toString(clock.instant().plus(LIFETIME).toEpochMilli()),
            attempt.state().getValue(),
            attempt.nonce().getValue(),
            attempt.verifier().getValue());
    byte[] sealed = box.seal(content.getBytes(StandardCharsets.UTF_8));
    cookie.set(ctx, Base64.getUrlEncoder().withoutPadding().encodeToString(sealed), LIFETIME);
  }

  /** The attempt this browser has begun, if it is not too long ago. */
  Optional<Attempt> read(Context ctx) {
    String value = ctx.cookie(NAME);
    return value == null
        ? Optional.empty()
        : decoded(value).flatMap(box::open).flatMap(this::attempt);
  }

  private static Optional<byte[]> decoded(String value) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<Attempt> attempt(byte[] content) {
    List<String> parts = List.of(new String(content, StandardCharsets.UTF_8).split("\n"));
    boolean late = clock.millis() > Long.parseLong(parts.get(0));
    return late
        ? Optional.empty()
        : Optional.of(
            new Attempt(
                new State(parts.get(1)), new Nonce(parts.get(2)), new CodeVerifier(parts.get(3))));
  }

  void clear(Context ctx) {
    cookie.clear(ctx);
  }
}
