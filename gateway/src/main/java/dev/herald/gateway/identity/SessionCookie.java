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

  private final GuardedCookie cookie;

  public SessionCookie(Optional<URI> publicUrl) {
    this.cookie = new GuardedCookie(NAME, "/", publicUrl);
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
    cookie.set(ctx, session.value(), lifetime);
  }

  void clear(Context ctx) {
    cookie.clear(ctx);
  }
}
