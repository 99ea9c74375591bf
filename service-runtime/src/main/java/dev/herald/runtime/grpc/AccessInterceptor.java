package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Authentication;
import dev.herald.runtime.access.BearerToken;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.access.Role;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;

/**
 * Lets a call through if its token proves a caller of the role the contract requires, and makes
 * that caller {@link Caller#current()}. A method whose contract says nothing is refused.
 */
final class AccessInterceptor implements ServerInterceptor {
  private static final String SCHEME = "Bearer ";

  private final Authentication authentication;

  AccessInterceptor(Authentication authentication) {
    this.authentication = authentication;
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    Context context = authentication.authenticate(token(headers), address(call), Context.current());
    Caller caller = Caller.of(context);
    Role required =
        MethodRules.of(call.getMethodDescriptor())
            .requires()
            .orElseThrow(
                () ->
                    HeraldException.permission(
                        "METHOD_CLOSED", "The contract does not say who may call this method."));
    if (!caller.role().permits(required)) {
      throw HeraldException.permission(
          "ROLE_TOO_LOW",
          "This needs the role %s; the token has %s."
              .formatted(required.claim(), caller.role().claim()));
    }
    return Contexts.interceptCall(context, call, headers, next);
  }

  private static String address(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress client
        ? client.getAddress().getHostAddress()
        : "";
  }

  private static String token(Metadata headers) {
    String header = headers.get(BearerToken.AUTHORIZATION);
    if (header == null) {
      throw HeraldException.unauthenticated(
          "TOKEN_MISSING", "The call carries no token. Send metadata authorization: Bearer ….");
    }
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw HeraldException.unauthenticated(
          "TOKEN_INVALID", "The authorization metadata is not of the form Bearer ….");
    }
    return header.substring(SCHEME.length()).strip();
  }
}
