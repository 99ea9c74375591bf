package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.process.Resources;
import dev.herald.runtime.test.v1.EchoRequest;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import dev.herald.runtime.test.v1.EchoServiceGrpc.EchoServiceBlockingStub;
import dev.herald.runtime.testing.TestTokens;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;

/** A real server and a real channel on loopback, for one test. */
final class Loopback implements AutoCloseable {
  final Echo echo = new Echo();
  final TestTokens tokens;
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final GrpcServer server;
  final ManagedChannel channel;
  private final Resources resources = new Resources();

  Loopback() {
    this(new TestTokens());
  }

  /** One of several servers for the same callers. */
  Loopback(TestTokens tokens) {
    this(GrpcServerConfig.local(0), builder -> builder, tokens);
  }

  Loopback(GrpcServerConfig config, UnaryOperator<GrpcServer.Builder> more) {
    this(config, more, new TestTokens());
  }

  private Loopback(
      GrpcServerConfig config, UnaryOperator<GrpcServer.Builder> more, TestTokens tokens) {
    this.tokens = tokens;
    server =
        resources.own(
            more.apply(GrpcServer.builder(config, tokens.verifier(), metrics).service(echo))
                .start());
    channel = GrpcClients.channel("127.0.0.1:" + server.port(), ChannelSecurity.plaintext());
    resources.own("channel", channel::shutdownNow);
  }

  EchoServiceBlockingStub as(CallCredentials credentials) {
    return EchoServiceGrpc.newBlockingStub(channel).withCallCredentials(credentials);
  }

  EchoServiceBlockingStub viewer() {
    return as(tokens.viewer(7));
  }

  static EchoRequest text(String text) {
    return EchoRequest.newBuilder().setText(text).build();
  }

  /** What a failing call tells its caller. */
  static HeraldException failure(Runnable call) {
    Throwable thrown = Assertions.catchThrowable(call::run);
    Assertions.assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
    return GrpcErrors.fromStatus((StatusRuntimeException) thrown);
  }

  @Override
  public void close() {
    resources.close();
  }
}
