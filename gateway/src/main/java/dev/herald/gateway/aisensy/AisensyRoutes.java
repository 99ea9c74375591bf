package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.herald.gateway.api.Call;
import dev.herald.gateway.api.RateLimits;
import dev.herald.gateway.api.Services;
import dev.herald.gateway.http.ClientAddress;
import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.RequestBody;
import dev.herald.gateway.http.RequestIds;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.Authenticator;
import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AiSensy's addresses. The campaign API carries the key in the body and the project API in a header
 * of its own; no body of these routes is ever logged. Every error is JSON.
 */
public final class AisensyRoutes {
  private static final Logger log = LoggerFactory.getLogger(AisensyRoutes.class);
  private static final int MAX_BODY = 64 * 1024;
  private static final Duration BODY_DEADLINE = Duration.ofSeconds(10);
  private static final String PROJECT = "/project-apis/v1/project/{projectId}";
  private static final String PROJECT_KEY = "X-AiSensy-Project-API-Pwd";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(16 * 1024)
                          .maxNumberLength(40)
                          .build())
                  .build())
          .build();

  private final Services services;
  private final Authenticator authenticator;
  private final RateLimits rates;
  private final ClientAddress addresses;
  private final CampaignApi campaigns = new CampaignApi();
  private final ProjectApi project = new ProjectApi();

  @FunctionalInterface
  private interface Handler {
    String answer(Context ctx) throws IOException;
  }

  public AisensyRoutes(
      Services services, Authenticator authenticator, RateLimits rates, ClientAddress addresses) {
    this.services = services;
    this.authenticator = authenticator;
    this.rates = rates;
    this.addresses = addresses;
  }

  public void register(RoutesConfig routes) {
    // "t1" is AiSensy itself; its partners have names of their own.
    routes.post("/campaign/{partner}/api", ctx -> serve(ctx, this::send));
    routes.post("/campaign/{partner}/api/v2", ctx -> serve(ctx, this::send));
    routes.post("/campaign/{partner}/api/campaign-details", ctx -> serve(ctx, this::details));
    routes.get(PROJECT, ctx -> serve(ctx, this::project));
    routes.get(PROJECT + "/", ctx -> serve(ctx, this::project));
    routes.post(
        PROJECT + "/campaigns", ctx -> serve(ctx, it -> project.campaigns(byHeader(it), body(it))));
    routes.get(
        PROJECT + "/campaign/api",
        ctx -> serve(ctx, it -> project.apiCampaigns(byHeader(it), query(it))));
    routes.get(
        PROJECT + "/campaign/api/{campaignId}",
        ctx -> serve(ctx, it -> project.campaign(byHeader(it), it.pathParam("campaignId"))));
    routes.post(
        PROJECT + "/campaign/analytics/{campaignId}",
        ctx ->
            serve(
                ctx, it -> DailyAnalytics.of(byHeader(it), it.pathParam("campaignId"), body(it))));
    routes.get(
        PROJECT + "/campaign/audience/{campaignId}",
        ctx ->
            serve(
                ctx, it -> project.audience(byHeader(it), it.pathParam("campaignId"), query(it))));
  }

  private String send(Context ctx) throws IOException {
    CampaignCall request = CampaignCall.of(body(ctx));
    Call call = call(ctx, request.apiKey(), Role.OPERATOR);
    return campaigns.send(call, request, idempotencyKey(ctx));
  }

  private String details(Context ctx) throws IOException {
    CampaignCall request = CampaignCall.of(body(ctx));
    return campaigns.details(call(ctx, request.apiKey(), Role.VIEWER), request);
  }

  private String project(Context ctx) {
    return project.project(byHeader(ctx), ctx.pathParam("projectId"));
  }

  // The key decides whose campaigns these are; the project's id in the address is the client's old
  // one.
  private Call byHeader(Context ctx) {
    String key = ctx.header(PROJECT_KEY);
    return call(ctx, key == null ? "" : key, Role.VIEWER);
  }

  private Call call(Context ctx, String apiKey, Role needed) {
    String address = addresses.of(ctx);
    Optional<Principal> principal = authenticator.byApiKey(apiKey);
    if (principal.isEmpty()) {
      rates.refused(address);
      throw AisensyError.badKey();
    }
    rates.admit(principal.get());
    if (!principal.get().role().permits(needed)) {
      throw new AisensyError(403, "This API key may not do this");
    }
    return new Call(services, new Actor(principal.get(), address, RequestIds.of(ctx)));
  }

  private static void serve(Context ctx, Handler handler) throws IOException {
    ctx.header("Cache-Control", "no-store");
    try {
      ctx.status(200).result(handler.answer(ctx)).contentType("application/json");
    } catch (HeraldException | AisensyError | HttpRefusal e) {
      refuse(ctx, e);
    }
  }

  private static void refuse(Context ctx, RuntimeException failure) {
    String requestId = RequestIds.of(ctx);
    AisensyError error = AisensyError.of(failure);
    if (error.status() >= 500) {
      log.warn("AiSensy call failed path={} request_id={}", ctx.path(), requestId, failure);
    }
    error
        .retryAfter()
        .ifPresent(
            delay -> ctx.header("Retry-After", Long.toString(Math.max(1, delay.toSeconds()))));
    ctx.status(error.status()).result(error.json(requestId)).contentType("application/json");
  }

  private static JsonNode body(Context ctx) throws IOException {
    return json(RequestBody.read(ctx, MAX_BODY, BODY_DEADLINE));
  }

  static JsonNode json(byte[] bytes) {
    try {
      JsonNode body = JSON.readTree(bytes);
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (IOException e) {
      log.debug("A body was no JSON", e);
    }
    throw new AisensyError(400, "The body must be a JSON object");
  }

  private static Optional<String> idempotencyKey(Context ctx) {
    return Optional.ofNullable(ctx.header(IDEMPOTENCY_KEY)).filter(key -> !key.isEmpty());
  }

  private static Map<String, String> query(Context ctx) {
    Map<String, String> query = new HashMap<>();
    ctx.queryParamMap().forEach((name, values) -> query.put(name, values.getFirst()));
    return query;
  }
}
