package dev.herald.runtime.grpc;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Channels to other services. A target is one address (or gRPC's own form, such as {@code
 * dns:///host:port}) or several, {@code host:port,host:port}; calls are spread over all addresses
 * it stands for, past those that cannot be reached, and never retried by the channel: what may be
 * repeated is decided where its meaning is known. A unary call without a deadline gets one, so that
 * no caller waits for ever.
 */
public final class GrpcClients {
  /** Deadline of a unary call whose caller set none. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

  private static final int MAX_INBOUND_BYTES = 16 * 1024 * 1024;
  private static final int MAX_METADATA_BYTES = 16 * 1024;
  private static final long KEEPALIVE_SECONDS = 60;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

  private GrpcClients() {}

  /** A plain-text channel whose calls carry these credentials. */
  public static ManagedChannel channel(String target, CallCredentials credentials) {
    return channel(target, ChannelSecurity.plaintext(), credentials);
  }

  /** A channel whose calls carry these credentials. */
  public static ManagedChannel channel(
      String target, ChannelSecurity security, CallCredentials credentials) {
    return channel(target, security, new WithCredentials(credentials));
  }

  /** A channel through these interceptors; calls bring their own credentials. */
  public static ManagedChannel channel(
      String target, ChannelSecurity security, ClientInterceptor... interceptors) {
    String uri = SeveralAddresses.isList(target) ? SeveralAddresses.uri(target) : target;
    return NettyChannelBuilder.forTarget(uri, security.credentials())
        .defaultLoadBalancingPolicy("round_robin")
        .disableRetry()
        .executor(Thread::startVirtualThread)
        .offloadExecutor(Thread::startVirtualThread)
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(MAX_INBOUND_BYTES)
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .intercept(interceptors)
        .intercept(new WithDeadline(), new TraceInterceptor())
        .build();
  }

  private record WithCredentials(CallCredentials credentials) implements ClientInterceptor {
    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      // A call that brings its own, such as a user's token, keeps them.
      CallOptions effective =
          options.getCredentials() == null ? options.withCallCredentials(credentials) : options;
      return next.newCall(method, effective);
    }
  }

  private record WithDeadline() implements ClientInterceptor {
    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      boolean needed = method.getType() == MethodType.UNARY && options.getDeadline() == null;
      CallOptions effective =
          needed
              ? options.withDeadlineAfter(DEFAULT_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
              : options;
      return next.newCall(method, effective);
    }
  }
}
