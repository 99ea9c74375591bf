package dev.herald.gateway.identity;

import dev.herald.gateway.identity.People.SignedIn;
import dev.herald.gateway.v1.SignInRequest;
import dev.herald.gateway.v1.SignInResponse;
import dev.herald.gateway.v1.SignOutRequest;
import dev.herald.gateway.v1.SignOutResponse;
import dev.herald.runtime.HeraldException;
import io.javalin.http.Context;

/** Signing in and out: the two calls that set a cookie and need no credentials. */
public final class SessionRoutes {
  private final People people;
  private final SessionStore sessions;
  private final SessionCookie cookie;
  private final Origins origins;
  private final IdentityRpc identity;

  public SessionRoutes(
      People people,
      SessionStore sessions,
      SessionCookie cookie,
      Origins origins,
      IdentityRpc identity) {
    this.people = people;
    this.sessions = sessions;
    this.cookie = cookie;
    this.origins = origins;
    this.identity = identity;
  }

  /** Signs in; a session the browser had before ends, so that nobody can plant one. */
  public SignInResponse signIn(
      Context ctx, SignInRequest request, String address, String requestId) {
    requireOwnPage(ctx);
    SignedIn signedIn =
        request.getSignInToken().isEmpty()
            ? people.signIn(request.getEmail(), request.getPassword(), address, requestId)
            : people.signIn(request.getSignInToken(), address, requestId);
    cookie.read(ctx).ifPresent(sessions::end);
    cookie.set(ctx, signedIn.session(), sessions.lifetime());
    return SignInResponse.newBuilder()
        .setPasswordNeeded(signedIn.person().passwordHash() == null)
        .setRole(IdentityRpc.role(signedIn.person().role()))
        .setWorkspace(identity.workspace(signedIn.person().workspaceId()))
        .setUser(identity.user(signedIn.person()))
        .build();
  }

  /** Ends the session, also one that has ended already. */
  public SignOutResponse signOut(Context ctx, SignOutRequest request) {
    requireOwnPage(ctx);
    cookie.read(ctx).ifPresent(sessions::end);
    cookie.clear(ctx);
    return SignOutResponse.getDefaultInstance();
  }

  private void requireOwnPage(Context ctx) {
    if (!origins.isNotForeign(ctx)) {
      throw HeraldException.permission(
          "CSRF_REFUSED", "Signing in and out must come from Herald's own pages.");
    }
  }
}
