package dev.herald.gateway.identity;

import io.javalin.http.Context;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request that changes something comes from our own pages. A cookie alone proves nothing:
 * the browser sends it whoever made the request.
 */
public final class Origins {
  static final String CSRF_HEADER = "X-Herald-CSRF";

  private final Optional<String> publicOrigin;

  /**
   * @param publicUrl where people reach the gateway; behind a proxy it differs from what we see
   */
  public Origins(Optional<URI> publicUrl) {
    this.publicOrigin = publicUrl.map(Origins::origin);
  }

  /**
   * True if the request carries the mark that other sites cannot set, and comes from no other site.
   */
  boolean isOurs(Context ctx) {
    return "1".equals(ctx.header(CSRF_HEADER)) && isNotForeign(ctx);
  }

  /** True unless the browser says that another site made the request. */
  boolean isNotForeign(Context ctx) {
    String site = ctx.header("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return false;
    }
    String origin = ctx.header("Origin");
    return origin == null || isSame(origin, ctx);
  }

  private boolean isSame(String origin, Context ctx) {
    String given = origin.toLowerCase(Locale.ROOT);
    if (publicOrigin.filter(given::equals).isPresent()) {
      return true;
    }
    @Nullable String host = ctx.header("Host");
    return host != null && given.equals(ctx.scheme() + "://" + host.toLowerCase(Locale.ROOT));
  }

  private static String origin(URI address) {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return (address.getScheme() + "://" + address.getHost() + port).toLowerCase(Locale.ROOT);
  }
}
