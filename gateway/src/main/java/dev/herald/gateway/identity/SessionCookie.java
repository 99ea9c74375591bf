package dev.herald.gateway.identity;

import io.javalin.http.Context;
import jakarta.servlet.http.Cookie;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The cookie that holds the session: out of reach of scripts and of other sites' requests. */
public final class SessionCookie {
  public static final String NAME = "herald_session";

  private final boolean alwaysSecure;

  public SessionCookie(Optional<URI> publicUrl) {
    this.alwaysSecure = publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent();
  }

  /**
   * The session a request claims. Two cookies of the name are a neighbour's trick: neither counts.
   */
  Optional<SessionId> read(Context ctx) {
    Cookie[] cookies = ctx.req().getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    List<String> values =
        Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(NAME))
            .map(Cookie::getValue)
            .toList();
    return values.size() == 1 && !values.getFirst().isEmpty()
        ? Optional.of(new SessionId(values.getFirst()))
        : Optional.empty();
  }

  void set(Context ctx, SessionId session, Duration lifetime) {
    write(ctx, session.value(), lifetime.toSeconds());
  }

  void clear(Context ctx) {
    write(ctx, "", 0);
  }

  private void write(Context ctx, String value, long maxAge) {
    boolean secure = alwaysSecure || ctx.req().isSecure();
    ctx.res()
        .addHeader(
            "Set-Cookie",
            "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
                .formatted(NAME, value, maxAge, secure ? "; Secure" : ""));
  }
}
