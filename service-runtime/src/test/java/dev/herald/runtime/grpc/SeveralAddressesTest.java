package dev.herald.runtime.grpc;

import static dev.herald.runtime.grpc.Loopback.failure;
import static dev.herald.runtime.grpc.Loopback.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import dev.herald.runtime.test.v1.EchoServiceGrpc.EchoServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target of several addresses. */
class SeveralAddressesTest {
  private final Loopback one = new Loopback();
  private final Loopback two = new Loopback(one.tokens);

  @BeforeEach
  void nameThem() {
    one.echo.work = text -> "one";
    two.echo.work = text -> "two";
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  @Test
  void callsAreSpreadOverAllAddresses() {
    withChannel("127.0.0.1:%d,127.0.0.1:%d", stub -> awaitAnswers(stub, Set.of("one", "two")));
  }

  @Test
  void whoIsGoneIsPassedBy() {
    withChannel(
        "127.0.0.1:%d, 127.0.0.1:%d",
        stub -> {
          awaitAnswers(stub, Set.of("one", "two"));
          one.server.close();
          awaitAnswers(stub, Set.of("two"));
          for (int i = 0; i < 50; i++) {
            assertThat(stub.view(text("x")).getText()).isEqualTo("two");
          }
        });
  }

  @Test
  void aHostThatIsUnknownIsPassedBy() {
    withChannel("127.0.0.1:%d,no-such-host.invalid:%d", stub -> awaitAnswers(stub, Set.of("one")));
  }

  @Test
  void aListOfUnknownHostsIsUnavailable() {
    withChannel(
        "no-such-host.invalid:%d,nor-this.invalid:%d",
        stub -> assertThat(failure(() -> stub.view(text("x"))).kind()).isEqualTo(Kind.UNAVAILABLE));
  }

  @Test
  void whatIsNoListOfAddressesIsRefused() {
    assertThatThrownBy(() -> GrpcClients.channel("host:1,host", ChannelSecurity.plaintext()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host:port,host:port");
  }

  // The channel learns of a connection, or of its end, a moment later.
  private static void awaitAnswers(EchoServiceBlockingStub stub, Set<String> expected) {
    await()
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .untilAsserted(
            () -> {
              Set<String> answers = new HashSet<>();
              for (int i = 0; i < 10; i++) {
                answers.add(stub.view(text("x")).getText());
              }
              assertThat(answers).isEqualTo(expected);
            });
  }

  private interface Calls {
    void make(EchoServiceBlockingStub stub);
  }

  private void withChannel(String target, Calls calls) {
    ManagedChannel channel =
        GrpcClients.channel(
            target.formatted(one.server.port(), two.server.port()), ChannelSecurity.plaintext());
    try {
      calls.make(
          EchoServiceGrpc.newBlockingStub(channel).withCallCredentials(one.tokens.viewer(7)));
    } finally {
      channel.shutdownNow();
    }
  }
}
