package dev.herald.gateway.http;

import io.javalin.http.Context;
import java.util.List;

/** What browsers are told about our answers. */
public final class SecurityHeaders {
  private static final String NOTHING =
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private SecurityHeaders() {}

  /** An answer that is data: a browser shall do nothing with it. */
  static void api(Context ctx) {
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("X-Frame-Options", "DENY");
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Cross-Origin-Resource-Policy", "same-origin");
    ctx.header("Cross-Origin-Opener-Policy", "same-origin");
    ctx.header("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
    ctx.header("Content-Security-Policy", NOTHING);
    if (ctx.req().isSecure()) {
      ctx.header("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /**
   * A page of ours: scripts and styles from this server only, nothing inline but scripts of these
   * hashes.
   */
  public static void page(Context ctx, List<String> scriptHashes) {
    StringBuilder scripts = new StringBuilder("script-src 'self'");
    scriptHashes.forEach(hash -> scripts.append(" 'sha256-").append(hash).append('\''));
    ctx.header(
        "Content-Security-Policy",
        "default-src 'self'; "
            + scripts
            + "; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none';"
            + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  }
}
