package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import dev.herald.gateway.alert.AlertRpc;
import dev.herald.gateway.docs.Contracts;
import dev.herald.gateway.http.ClientAddress;
import dev.herald.gateway.http.RequestIds;
import dev.herald.gateway.http.RequestTrace;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.AuditLog;
import dev.herald.gateway.identity.Authenticator;
import dev.herald.gateway.identity.IdentityRpc;
import dev.herald.gateway.identity.OidcRoutes;
import dev.herald.gateway.identity.Principal;
import dev.herald.gateway.identity.SessionRoutes;
import dev.herald.gateway.identity.WorkspaceRpc;
import dev.herald.gateway.link.LinkRpc;
import dev.herald.gateway.subscription.SubscriptionRpc;
import dev.herald.gateway.webhook.QuarantineRpc;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Serves the routes of the table: who asks, may they, what do they ask, and the answer. */
public final class Api {
  private static final String JSON = "application/json";

  private final List<Route> table;
  private final Services services;
  private final Authenticator authenticator;
  private final AuditLog audit;
  private final ClientAddress addresses;
  private final RateLimits rates;
  private final StreamLimits streams;
  private final Validation validation = new Validation();

  public Api(
      Services services,
      Authenticator authenticator,
      IdentityRpc identity,
      WorkspaceRpc workspaces,
      SessionRoutes session,
      OidcRoutes oidc,
      QuarantineRpc quarantine,
      SubscriptionRpc subscriptions,
      LinkRpc links,
      AlertRpc alerts,
      AuditLog audit,
      ClientAddress addresses,
      RateLimits rates,
      StreamLimits streams) {
    this.table =
        Routes.table(identity, workspaces, session, oidc, quarantine, subscriptions, links, alerts);
    this.services = services;
    this.authenticator = authenticator;
    this.audit = audit;
    this.addresses = addresses;
    this.rates = rates;
    this.streams = streams;
  }

  /** The methods of the gateway's own contract, for callers by gRPC. */
  public GrpcEdge grpc() {
    return new GrpcEdge(table, authenticator, audit, rates);
  }

  /** Adds all routes to the server. */
  public void register(RoutesConfig routes) {
    // "/campaigns/{campaignId}" would also take "/campaigns/1:estimate": what names a verb comes
    // first.
    table.stream()
        .sorted((one, other) -> Boolean.compare(isPlain(one), isPlain(other)))
        .forEach(
            route ->
                routes.addHttpHandler(
                    route.verb(), Route.PREFIX + route.path(), ctx -> serve(route, ctx)));
  }

  private static boolean isPlain(Route route) {
    return route.path().indexOf(':') < 0 && route.path().indexOf('.') < 0;
  }

  private void serve(Route route, Context ctx) throws IOException, InterruptedException {
    ctx.header("Cache-Control", "no-store");
    if (route.handling() instanceof Route.Handling.Open open) {
      serveOpen(route, open, ctx);
      return;
    }
    Principal principal = authenticate(ctx);
    requireRole(route, principal);
    Actor actor = new Actor(principal, addresses.of(ctx), RequestIds.of(ctx));
    serve(route, new Call(services, actor), ctx);
    if (route.audited()) {
      audit.record(actor, action(route), target(ctx));
    }
  }

  // Only those with bad credentials are slowed down by their address: many may share one.
  private Principal authenticate(Context ctx) {
    Principal principal;
    try {
      principal = authenticator.authenticate(ctx);
    } catch (HeraldException e) {
      if (e.kind() == HeraldException.Kind.UNAUTHENTICATED) {
        rates.refused(addresses.of(ctx));
      }
      throw e;
    }
    rates.admit(principal);
    RequestTrace.workspace(ctx, principal.workspace());
    return principal;
  }

  private void serve(Route route, Call call, Context ctx) throws IOException, InterruptedException {
    switch (route.handling()) {
      case Route.Handling.Forward forward -> {
        Message request = RequestReader.read(ctx, route.rpc(), route.bodyLimit());
        forward(route.rpc(), request, forward.answer(), call, ctx);
      }
      case Route.Handling.Table list -> {
        Message request = RequestReader.readQuery(ctx, route.rpc());
        if ("csv".equals(ctx.queryParam(RequestReader.FORMAT))) {
          export(list.csv(), call, request, ctx);
        } else {
          forward(route.rpc(), request, list.answer(), call, ctx);
        }
      }
      case Route.Handling.Own own -> {
        Message request = RequestReader.read(ctx, route.rpc(), route.bodyLimit());
        validation.require(request);
        answer(own.answer(), own.method().call(call.actor(), request), call, ctx);
      }
      case Route.Handling.Watch watch -> {
        Message request = RequestReader.readQuery(ctx, route.rpc());
        try (StreamLimits.Place place = streams.take(call.actor().principal())) {
          new EventStream(call, route.rpc(), watch, request)
              .serve(ctx, place, () -> isStillAllowed(route, ctx));
        }
      }
      case Route.Handling.Upload upload -> json(ctx, AudienceUpload.run(call, ctx));
      case Route.Handling.Export export ->
          export(export.export(), call, RequestReader.readQuery(ctx, route.rpc()), ctx);
      case Route.Handling.Open open -> throw new IllegalStateException("Served before.");
    }
  }

  private void serveOpen(Route route, Route.Handling.Open open, Context ctx) throws IOException {
    String address = addresses.of(ctx);
    Message request = RequestReader.read(ctx, route.rpc(), route.bodyLimit());
    validation.require(request);
    json(ctx, ProtoJson.print(open.method().call(ctx, request, address, RequestIds.of(ctx))));
  }

  private void forward(Rpc rpc, Message request, Answer answer, Call call, Context ctx) {
    try {
      answer(answer, call.call(rpc.method(), request), call, ctx);
    } catch (HeraldException e) {
      throw EntityTags.isConditional(ctx) && e.reason().equals("VERSION_MISMATCH")
          ? EntityTags.changed(e.message())
          : e;
    }
  }

  private static void answer(Answer answer, Message message, Call call, Context ctx) {
    String json = answer.json(call, message);
    long version = answer.version(message);
    boolean isGet = ctx.method().equals(HandlerType.GET);
    if (isGet || version > 0) {
      String tag = EntityTags.of(json, version);
      ctx.header("ETag", tag);
      if (isGet && EntityTags.isKnown(ctx, tag)) {
        ctx.status(304);
        return;
      }
    }
    json(ctx, json);
  }

  private void export(FileExport export, Call call, Message request, Context ctx)
      throws IOException, InterruptedException {
    try (StreamLimits.Place _ = streams.take(call.actor().principal());
        FileExport.Body body = export.open(call, request)) {
      ctx.res().setStatus(200);
      ctx.res().setContentType(export.contentType());
      ctx.res()
          .setHeader(
              "Content-Disposition", "attachment; filename=\"" + export.fileName(request) + "\"");
      body.writeTo(ctx.res().getOutputStream());
    }
  }

  private boolean isStillAllowed(Route route, Context ctx) {
    try {
      requireRole(route, authenticator.authenticate(ctx));
      return true;
    } catch (HeraldException e) {
      return e.kind().isTransient();
    }
  }

  private static void requireRole(Route route, Principal principal) {
    Role required = route.rpc().requires().orElse(Role.SERVICE);
    if (!principal.role().permits(required)) {
      throw HeraldException.permission(
          "ROLE_TOO_LOW",
          "This needs the role %s; yours is %s."
              .formatted(required.claim(), principal.role().claim()));
    }
  }

  // LaunchCampaign is noted as LAUNCH_CAMPAIGN.
  static String action(Route route) {
    return route.rpc().name().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static String target(Context ctx) {
    return ctx.path().substring(Route.PREFIX.length() + 1);
  }

  private static void json(Context ctx, String json) {
    ctx.status(200).result(json).contentType(JSON);
  }

  /** Paths and schemas of all routes (OpenAPI 3.1). */
  public ObjectNode description() {
    return OpenApi.describe(table, Contracts.load());
  }

  /**
   * A route, for what tests all of them.
   *
   * @param path with its parameters in braces
   * @param rpc full name of the method that answers
   * @param requires empty if anybody may call
   */
  public record Summary(String verb, String path, String rpc, Optional<Role> requires) {}

  public List<Summary> routes() {
    return table.stream()
        .map(
            route ->
                new Summary(
                    route.verb().name(),
                    Route.PREFIX + route.path(),
                    route.rpc().method().getFullMethodName(),
                    route.rpc().requires()))
        .toList();
  }

  List<Route> table() {
    return table;
  }
}
