package dev.herald.gateway.identity;

import dev.herald.gateway.http.ClientAddress;
import dev.herald.gateway.http.RequestIds;
import dev.herald.gateway.identity.OidcProvider.Attempt;
import dev.herald.gateway.identity.OidcProvider.Proven;
import dev.herald.gateway.identity.People.SignedIn;
import dev.herald.gateway.v1.GetSignInOptionsResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in with an OpenID Connect provider: the way there and the way back. What goes wrong leads
 * to the sign-in page, with the reason in the address.
 */
public final class OidcRoutes {
  /** Where signing in begins. */
  public static final String PATH = "/sign-in/oidc";

  private static final Logger log = LoggerFactory.getLogger(OidcRoutes.class);
  private static final String CALLBACK = PATH + "/callback";

  private final Optional<OidcProvider> provider;
  private final OidcCookie attempts;
  private final People people;
  private final SessionStore sessions;
  private final SessionCookie cookie;
  private final ClientAddress addresses;
  private final Supplier<String> publicUrl;

  /**
   * @param settings empty: nobody signs in this way
   * @param publicUrl where people reach the gateway, never taken from a request's Host
   */
  public OidcRoutes(
      Optional<OidcSettings> settings,
      Secret secret,
      Optional<URI> configuredUrl,
      People people,
      SessionStore sessions,
      SessionCookie cookie,
      ClientAddress addresses,
      Supplier<String> publicUrl) {
    this.provider = settings.map(OidcProvider::new);
    this.attempts = new OidcCookie(secret, configuredUrl, Clock.systemUTC());
    this.people = people;
    this.sessions = sessions;
    this.cookie = cookie;
    this.addresses = addresses;
    this.publicUrl = publicUrl;
  }

  public void register(RoutesConfig routes) {
    provider.ifPresent(
        known -> {
          routes.get(PATH, ctx -> guarded(ctx, () -> begin(known, ctx)));
          routes.get(CALLBACK, ctx -> guarded(ctx, () -> end(known, ctx)));
        });
  }

  /** What the sign-in page offers. */
  public GetSignInOptionsResponse options() {
    GetSignInOptionsResponse.Builder options = GetSignInOptionsResponse.newBuilder();
    provider.ifPresent(
        known -> options.setSingleSignOnLabel(known.settings().label()).setSingleSignOnPath(PATH));
    return options.build();
  }

  private void begin(OidcProvider known, Context ctx) {
    Attempt attempt = Attempt.begin();
    URI authorization = known.authorization(attempt, redirect());
    attempts.set(ctx, attempt);
    ctx.redirect(authorization.toString(), HttpStatus.FOUND);
  }

  private void end(OidcProvider known, Context ctx) {
    String address = addresses.of(ctx);
    people.countAttempt(address);
    Optional<Attempt> attempt = attempts.read(ctx);
    attempts.clear(ctx);
    Proven proven =
        known.redeem(
            attempt.orElseThrow(
                () ->
                    HeraldException.unauthenticated(
                        "OIDC_EXPIRED", "This browser has not begun to sign in, or long ago.")),
            redirect(),
            ctx.queryParamMap());
    SignedIn signedIn = people.signIn(known.settings(), proven, address, RequestIds.of(ctx));
    cookie.read(ctx).ifPresent(sessions::end);
    cookie.set(ctx, signedIn.session(), sessions.lifetime());
    ctx.redirect("/", HttpStatus.FOUND);
  }

  private void guarded(Context ctx, Runnable step) {
    ctx.header("Cache-Control", "no-store");
    try {
      step.run();
    } catch (HeraldException e) {
      log.warn("A sign-in by OpenID Connect failed reason={}", e.reason(), e);
      ctx.redirect("/sign-in?problem=" + e.reason(), HttpStatus.FOUND);
    }
  }

  private URI redirect() {
    return URI.create(publicUrl.get() + CALLBACK);
  }
}
