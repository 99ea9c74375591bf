package dev.herald.gateway.admin;

import com.google.protobuf.util.Timestamps;
import dev.herald.gateway.api.Services;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.Principal;
import dev.herald.gateway.v1.CreateTokenRequest;
import dev.herald.gateway.v1.CreateTokenResponse;
import dev.herald.gateway.v1.IdentityServiceGrpc;
import dev.herald.runtime.access.BearerToken;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway and the services are called. Only what a command needs is asked of the settings,
 * and only then. The gateway takes the API key itself; the services take a token that it gives for
 * the key.
 */
final class Connections implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(30);

  /** For what reads all there is of a campaign or a wallet. */
  static final Duration LONG_DEADLINE = Duration.ofMinutes(15);

  private static final Duration RENEWED_BEFORE = Duration.ofMinutes(2);

  // Whose call it is, the token says.
  private static final Actor OPERATOR =
      new Actor(new Principal.Program(0, 0, Role.VIEWER, "herald-admin"), "", "herald-admin");

  private final Settings settings;
  private @Nullable AdminConfig config;
  private final List<ManagedChannel> opened = new ArrayList<>();
  private @Nullable Channel gateway;
  private @Nullable Channel billing;
  private @Nullable Services services;
  private @Nullable CreateTokenResponse token;

  Connections(Settings settings) {
    this.settings = settings;
  }

  /** Calls the gateway. */
  <Q, A> A gateway(MethodDescriptor<Q, A> method, Q request) {
    if (gateway == null) {
      gateway = open(config().gateway());
    }
    String key = config().requireApiKey().value();
    return call(gateway, method, request, BearerToken.of(key), DEADLINE);
  }

  /** Calls a service in the workspace of the API key. */
  <Q, A> A service(MethodDescriptor<Q, A> method, Q request, Duration deadline) {
    return services().call(method, request, operator().principal(), "herald-admin", deadline);
  }

  /** Calls billing as those who run Herald, for any workspace. */
  <Q, A> A billingAsOperator(MethodDescriptor<Q, A> method, Q request, Duration deadline) {
    if (billing == null) {
      billing = open(config().targets().billing());
    }
    return call(billing, method, request, ownCredentials(), deadline);
  }

  /** Calls analytics as those who run Herald. */
  <Q, A> A analyticsAsOperator(MethodDescriptor<Q, A> method, Q request, Duration deadline) {
    return call(open(config().targets().analytics()), method, request, ownCredentials(), deadline);
  }

  private CallCredentials ownCredentials() {
    return new ServiceTokens(config().requireServiceSecret(), "herald-admin").asCredentials();
  }

  Services services() {
    if (services == null) {
      services =
          new Services(
              open(config().targets().campaign()),
              open(config().targets().analytics()),
              open(config().targets().billing()),
              ignored -> token());
    }
    return services;
  }

  Actor operator() {
    return OPERATOR;
  }

  private String token() {
    CreateTokenResponse known = token;
    if (known == null
        || Timestamps.toMillis(known.getExpireTime()) - System.currentTimeMillis()
            < RENEWED_BEFORE.toMillis()) {
      known =
          gateway(
              IdentityServiceGrpc.getCreateTokenMethod(), CreateTokenRequest.getDefaultInstance());
      token = known;
    }
    return known.getToken();
  }

  private AdminConfig config() {
    AdminConfig read = config;
    if (read == null) {
      read = AdminConfig.from(settings);
      config = read;
    }
    return read;
  }

  private Channel open(String target) {
    ManagedChannel channel = GrpcClients.channel(target, config().targets().security());
    opened.add(channel);
    return channel;
  }

  private static <Q, A> A call(
      Channel channel,
      MethodDescriptor<Q, A> method,
      Q request,
      CallCredentials credentials,
      Duration deadline) {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT
              .withCallCredentials(credentials)
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS),
          request);
    } catch (StatusRuntimeException e) {
      throw GrpcErrors.fromStatus(e);
    }
  }

  @Override
  public void close() {
    opened.forEach(ManagedChannel::shutdownNow);
  }
}
