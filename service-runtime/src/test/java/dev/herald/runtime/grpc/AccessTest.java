package dev.herald.runtime.grpc;

import static dev.herald.runtime.grpc.Loopback.failure;
import static dev.herald.runtime.grpc.Loopback.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.access.BearerToken;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import dev.herald.runtime.test.v1.EchoServiceGrpc.EchoServiceBlockingStub;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
  private Loopback loopback;

  @BeforeAll
  void start() {
    loopback = new Loopback();
  }

  @AfterAll
  void stop() {
    loopback.close();
  }

  @Test
  void everyRoleCallsWhatItsContractAllowsAndNothingElse() {
    Map<Role, Consumer<EchoServiceBlockingStub>> methods =
        Map.of(
            Role.VIEWER, stub -> stub.view(text("x")),
            Role.OPERATOR, stub -> stub.operate(text("x")),
            Role.OWNER, stub -> stub.own(text("x")),
            Role.SERVICE, stub -> stub.serve(text("x")));
    for (Role caller : Role.values()) {
      EchoServiceBlockingStub stub = loopback.as(credentials(caller));
      methods.forEach(
          (required, method) -> {
            if (caller.permits(required)) {
              method.accept(stub);
            } else {
              HeraldException refusal = failure(() -> method.accept(stub));
              assertThat(refusal.kind()).isEqualTo(Kind.PERMISSION);
              assertThat(refusal.reason()).isEqualTo("ROLE_TOO_LOW");
            }
          });
    }
  }

  @Test
  void theHandlerSeesWhoCalls() {
    assertThat(loopback.as(loopback.tokens.owner(7)).view(text("x")).getSubject())
        .isEqualTo("test-owner");
    assertThat(loopback.as(loopback.tokens.service("gateway")).serve(text("x")).getSubject())
        .isEqualTo("gateway");
  }

  @Test
  void aMethodWhoseContractSaysNothingIsClosedToEverybody() {
    for (Role caller : Role.values()) {
      HeraldException refusal = failure(() -> loopback.as(credentials(caller)).closed(text("x")));
      assertThat(refusal.reason()).isEqualTo("METHOD_CLOSED");
    }
  }

  @Test
  void aCallWithoutTokenIsRefused() {
    HeraldException refusal =
        failure(() -> EchoServiceGrpc.newBlockingStub(loopback.channel).view(text("x")));
    assertThat(refusal.kind()).isEqualTo(Kind.UNAUTHENTICATED);
    assertThat(refusal.reason()).isEqualTo("TOKEN_MISSING");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Basic dXNlcjpwYXNz", "Bearer", "Bearer  ", "Bearer a.b.c"})
  void authorizationOfAnotherFormIsRefused(String authorization) {
    Metadata headers = new Metadata();
    headers.put(BearerToken.AUTHORIZATION, authorization);
    EchoServiceBlockingStub stub =
        EchoServiceGrpc.newBlockingStub(loopback.channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertThat(failure(() -> stub.view(text("x"))).kind()).isEqualTo(Kind.UNAUTHENTICATED);
  }

  private CallCredentials credentials(Role role) {
    return role == Role.SERVICE
        ? loopback.tokens.service("gateway")
        : loopback.tokens.credentials(7, role);
  }
}
