package dev.herald.gateway.identity;

import io.javalin.http.Context;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A cookie that scripts cannot read and other sites cannot make a browser send with a change. */
final class GuardedCookie {
  private final String name;
  private final String path;
  private final boolean alwaysSecure;

  /**
   * @param path below which the browser sends it
   * @param publicUrl where people reach the gateway: if by https, the cookie never goes without
   */
  GuardedCookie(String name, String path, Optional<URI> publicUrl) {
    this.name = name;
    this.path = path;
    this.alwaysSecure = publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent();
  }

  void set(Context ctx, String value, Duration lifetime) {
    boolean secure = alwaysSecure || ctx.req().isSecure();
    ctx.res()
        .addHeader(
            "Set-Cookie",
            "%s=%s; Path=%s; Max-Age=%d; HttpOnly; SameSite=Lax%s"
                .formatted(name, value, path, lifetime.toSeconds(), secure ? "; Secure" : ""));
  }

  void clear(Context ctx) {
    set(ctx, "", Duration.ZERO);
  }
}
