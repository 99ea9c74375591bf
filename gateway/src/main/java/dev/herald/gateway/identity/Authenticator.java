package dev.herald.gateway.identity;

import dev.herald.gateway.identity.ApiKeyStore.ApiKeyRow;
import dev.herald.gateway.identity.SessionStore.SessionRow;
import dev.herald.runtime.HeraldException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a request. Asked at every request, so that revoking and suspending work at
 * once.
 */
public final class Authenticator {
  private static final String SCHEME = "Bearer ";
  private static final int MAX_SECRET_LENGTH = 200;
  private static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);
  private static final Set<HandlerType> SAFE =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  private final ApiKeyStore keys;
  private final SessionStore sessions;
  private final SessionCookie cookie;
  private final Origins origins;

  public Authenticator(
      ApiKeyStore keys, SessionStore sessions, SessionCookie cookie, Origins origins) {
    this.keys = keys;
    this.sessions = sessions;
    this.cookie = cookie;
    this.origins = origins;
  }

  /**
   * Who makes the request; a request without good credentials is refused, always in the same words.
   */
  public Principal authenticate(Context ctx) {
    List<String> headers = Collections.list(ctx.req().getHeaders("Authorization"));
    if (!headers.isEmpty()) {
      return headers.size() == 1 ? byHeader(headers.getFirst()) : refuse();
    }
    Principal person =
        cookie.read(ctx).flatMap(this::bySession).orElseThrow(Authenticator::refusal);
    if (!SAFE.contains(ctx.method()) && !origins.isOurs(ctx)) {
      throw HeraldException.permission(
          "CSRF_REFUSED",
          "A change with a session cookie must come from Herald's own pages, with the header "
              + Origins.CSRF_HEADER
              + ": 1.");
    }
    return person;
  }

  /** The principal with this API key, for protocols that carry it elsewhere than in the header. */
  public Optional<Principal> byApiKey(String secret) {
    if (secret.isEmpty() || secret.length() > MAX_SECRET_LENGTH) {
      return Optional.empty();
    }
    return keys.bySecret(secret).map(this::program);
  }

  private Principal byHeader(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return refuse();
    }
    return byApiKey(header.substring(SCHEME.length()).strip()).orElseThrow(Authenticator::refusal);
  }

  private Principal program(ApiKeyRow key) {
    if (isDue(key.lastUsedTime())) {
      keys.used(key);
    }
    return new Principal.Program(key.workspaceId(), key.id(), key.role(), key.name());
  }

  private Optional<Principal> bySession(SessionId session) {
    return sessions.find(session).map(row -> person(session, row));
  }

  private Principal person(SessionId session, SessionRow row) {
    if (isDue(row.useTime())) {
      sessions.used(session);
    }
    return new Principal.Person(
        row.workspaceId(), row.personId(), row.role(), row.email(), session);
  }

  private static boolean isDue(@Nullable Instant noted) {
    return noted == null || noted.isBefore(Instant.now().minus(USE_NOTED_EVERY));
  }

  private static Principal refuse() {
    throw refusal();
  }

  private static HeraldException refusal() {
    return HeraldException.unauthenticated(
        "CREDENTIALS_INVALID",
        "Send Authorization: Bearer <API key>, or sign in. The credentials are missing or not"
            + " good.");
  }
}
