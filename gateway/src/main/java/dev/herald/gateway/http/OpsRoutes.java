package dev.herald.gateway.http;

import com.nimbusds.jose.jwk.JWKSet;
import dev.herald.runtime.config.Secret;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Health, metrics and public keys. */
public final class OpsRoutes {
  private final PrometheusMeterRegistry metrics;
  private final Optional<Secret> metricsToken;
  private final ClientAddress addresses;
  private final BooleanSupplier ready;
  private final Supplier<JWKSet> keys;

  /**
   * @param metricsToken what one must show to read the metrics; without it only the machine itself
   *     may
   */
  public OpsRoutes(
      PrometheusMeterRegistry metrics,
      Optional<Secret> metricsToken,
      ClientAddress addresses,
      BooleanSupplier ready,
      Supplier<JWKSet> keys) {
    this.metrics = metrics;
    this.metricsToken = metricsToken;
    this.addresses = addresses;
    this.ready = ready;
    this.keys = keys;
  }

  public void register(RoutesConfig routes) {
    routes.get("/healthz", ctx -> text(ctx, 200, "ok\n"));
    routes.get("/readyz", this::readiness);
    routes.get("/metrics", this::metrics);
    routes.get("/.well-known/jwks.json", this::keys);
  }

  private void readiness(Context ctx) {
    boolean isReady = ready.getAsBoolean();
    text(ctx, isReady ? 200 : 503, isReady ? "ready\n" : "not ready\n");
  }

  private void metrics(Context ctx) {
    if (!mayReadMetrics(ctx)) {
      throw new HttpRefusal(
          403,
          "METRICS_CLOSED",
          "Metrics are read on the machine itself or with the metrics token.");
    }
    ctx.header("Cache-Control", "no-store");
    ctx.result(metrics.scrape()).contentType("text/plain; version=0.0.4; charset=utf-8");
  }

  private boolean mayReadMetrics(Context ctx) {
    if (metricsToken.isEmpty()) {
      return addresses.isLocal(ctx);
    }
    String given = String.valueOf(ctx.header("Authorization"));
    return MessageDigest.isEqual(
        ("Bearer " + metricsToken.get().value()).getBytes(StandardCharsets.UTF_8),
        given.getBytes(StandardCharsets.UTF_8));
  }

  private void keys(Context ctx) {
    ctx.header("Cache-Control", "public, max-age=60");
    ctx.result(keys.get().toString()).contentType("application/jwk-set+json");
  }

  private static void text(Context ctx, int status, String text) {
    ctx.header("Cache-Control", "no-store");
    ctx.status(status).result(text).contentType("text/plain; charset=utf-8");
  }
}
