package dev.herald.runtime.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpServer;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.testing.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteJwksTest {
  private final ECKey first = TestTokens.newKey("first");
  private final ECKey second = TestTokens.newKey("second");
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile JWKSet published = new JWKSet(first);
  private HttpServer gateway;
  private JwksSource source;

  @BeforeEach
  void startGateway() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/.well-known/jwks.json",
        exchange -> {
          fetches.incrementAndGet();
          byte[] body = published.toPublicJWKSet().toString().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    gateway.start();
    source =
        JwksSource.remote(
            URI.create(
                "http://127.0.0.1:" + gateway.getAddress().getPort() + "/.well-known/jwks.json"));
  }

  @AfterEach
  void stopGateway() {
    gateway.stop(0);
  }

  @Test
  void keysAreFetchedOnce() {
    for (int i = 0; i < 10; i++) {
      assertThat(source.key("first")).isPresent();
    }
    assertThat(fetches).hasValue(1);
  }

  @Test
  void aNewKeyIsFoundAtOnce() {
    assertThat(source.key("first")).isPresent();
    published = new JWKSet(List.of(first, second));
    assertThat(source.key("second")).isPresent();
  }

  @Test
  void inventedKeyIdsDoNotHammerTheGateway() {
    for (int i = 0; i < 100; i++) {
      assertThat(source.key("invented-" + i)).isEmpty();
    }
    assertThat(fetches.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void knownKeysStayGoodWhileTheGatewayIsAway() {
    assertThat(source.key("first")).isPresent();
    gateway.stop(0);
    assertThat(source.key("first")).isPresent();
  }

  @Test
  void aGatewayNeverReachedIsAnOutageAndNoVerdictOnTheToken() {
    gateway.stop(0);
    assertThatThrownBy(() -> source.key("first"))
        .isInstanceOfSatisfying(
            HeraldException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
  }
}
