package dev.herald.gateway.api;

import com.google.protobuf.Message;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.AuditLog;
import dev.herald.gateway.identity.Authenticator;
import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.grpc.GrpcServer;
import dev.herald.runtime.grpc.GrpcServerConfig;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The gateway's own contract by gRPC: each method that a route of its own answers, for callers with
 * an API key ({@code authorization: Bearer hk_…}). Roles, rates, rules and audit log are those of
 * the routes.
 */
public final class GrpcEdge {
  private static final Context.Key<Actor> ACTOR = Context.key("herald-actor");

  private final List<Route> table;
  private final Authenticator authenticator;
  private final AuditLog audit;
  private final RateLimits rates;

  GrpcEdge(List<Route> table, Authenticator authenticator, AuditLog audit, RateLimits rates) {
    this.table = table;
    this.authenticator = authenticator;
    this.audit = audit;
    this.rates = rates;
  }

  /** Serves until it is closed. */
  public GrpcServer serve(GrpcServerConfig config, MeterRegistry metrics) {
    GrpcServer.Builder server = GrpcServer.builder(config, this::authenticate, metrics);
    Map<String, ServerServiceDefinition.Builder> services = new TreeMap<>();
    for (Route route : table) {
      if (route.handling() instanceof Route.Handling.Own own) {
        String service = String.valueOf(route.rpc().method().getServiceName());
        services
            .computeIfAbsent(service, ServerServiceDefinition::builder)
            .addMethod(
                route.rpc().method(),
                ServerCalls.asyncUnaryCall(
                    (request, answers) -> {
                      answers.onNext(answer(route, own, request));
                      answers.onCompleted();
                    }));
      }
    }
    services.values().stream()
        .map(ServerServiceDefinition.Builder::build)
        .forEach(service -> server.service(() -> service));
    return server.start();
  }

  private Context authenticate(String bearer, String address, Context parent) {
    Principal principal = authenticator.byApiKey(bearer).orElse(null);
    if (principal == null) {
      rates.refused(address);
      throw HeraldException.unauthenticated(
          "CREDENTIALS_INVALID", "Send authorization: Bearer <API key>. This is no good key.");
    }
    rates.admit(principal);
    Actor actor = new Actor(principal, address, Long.toString(Ids.next(), Character.MAX_RADIX));
    return new Caller(principal.workspace(), principal.role(), principal.subject())
        .in(parent.withValue(ACTOR, actor));
  }

  private Message answer(Route route, Route.Handling.Own own, Message request) {
    Actor actor = ACTOR.get();
    Message answer = own.method().call(actor, request);
    if (route.audited()) {
      audit.record(actor, Api.action(route), target(request));
    }
    return answer;
  }

  // apiKeys/5 by HTTP: here, the number the request names.
  private static String target(Message request) {
    return request.getAllFields().entrySet().stream()
        .filter(field -> field.getKey().getName().endsWith("_id"))
        .filter(field -> field.getValue() instanceof Long)
        .map(field -> field.getKey().getName() + " " + field.getValue())
        .findFirst()
        .orElse("");
  }
}
