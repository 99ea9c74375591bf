package dev.herald.gateway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.gateway.egress.EgressClient.Result;
import dev.herald.gateway.http.Network;
import dev.herald.gateway.testing.Receiver;
import dev.herald.runtime.HeraldException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String PUBLIC = "93.184.215.14";

  private final Receiver receiver = new Receiver();

  @AfterEach
  void stop() {
    receiver.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void addressesThatAreNotPublicAreNoTarget(String address) throws Exception {
    EgressPolicy policy =
        new EgressPolicy(List.of(), host -> List.of(InetAddress.ofLiteral(address)));

    assertThat(EgressPolicy.isPublic(InetAddress.ofLiteral(address))).isFalse();
    assertThatThrownBy(() -> policy.requireTarget("url", "https://example.com/hook"))
        .isInstanceOfSatisfying(
            HeraldException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo("URL_NOT_PUBLIC");
              assertThat(refusal.violations().getFirst().field()).isEqualTo("url");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
            "https://2130706433/",
        "https://0x7f.0.0.1/", "https://localhost/", "https://localhost./", "https://127.1/",
        "https://[fe80::1]/"
      })
  void noSpellingOfThisMachineIsATarget(String address) {
    EgressPolicy policy = new EgressPolicy(List.of(), HostNames.ofSystem());

    assertThatThrownBy(() -> policy.requireTarget("url", address))
        .isInstanceOfSatisfying(
            HeraldException.class,
            refusal -> assertThat(refusal.reason()).isIn("URL_NOT_PUBLIC", "URL_INVALID"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"})
  void publicAddressesAreTargets(String address) {
    assertThat(EgressPolicy.isPublic(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https:///path",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://exa mple.com/",
        "javascript:alert(1)",
        "https://example.com\r\n/"
      })
  void whatIsNoAddressIsRefused(String address) {
    EgressPolicy policy =
        new EgressPolicy(List.of(), host -> List.of(InetAddress.ofLiteral(PUBLIC)));

    assertThatThrownBy(() -> policy.requireTarget("url", address))
        .isInstanceOfSatisfying(
            HeraldException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo("URL_INVALID"));
  }

  @Test
  void plainHttpIsForNetworksTheOperatorAllows() {
    HostNames names = host -> List.of(InetAddress.ofLiteral(host));
    EgressPolicy policy = new EgressPolicy(List.of(Network.parse("10.1.0.0/16")), names);

    assertThat(policy.requireTarget("url", "http://10.1.2.3/hook").getHost()).isEqualTo("10.1.2.3");
    assertThatThrownBy(() -> policy.requireTarget("url", "http://" + PUBLIC + "/"))
        .isInstanceOfSatisfying(
            HeraldException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo("URL_NOT_HTTPS"));
    assertThatThrownBy(() -> policy.requireTarget("url", "https://10.2.0.1/"))
        .isInstanceOf(HeraldException.class);
  }

  @Test
  void oneBadAddressAmongGoodOnesSpoilsTheHost() {
    EgressPolicy policy =
        new EgressPolicy(
            List.of(),
            host -> List.of(InetAddress.ofLiteral(PUBLIC), InetAddress.ofLiteral("10.0.0.1")));

    assertThatThrownBy(() -> policy.resolve("example.com"))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void aNameThatChangesItsMeaningReachesNobody() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HostNames rebinding =
        host -> List.of(InetAddress.ofLiteral(asked.getAndIncrement() == 0 ? PUBLIC : "127.0.0.1"));
    EgressPolicy policy = new EgressPolicy(List.of(), rebinding);
    URI target =
        policy.requireTarget(
            "url",
            receiver.url().replace("http:", "https:").replace("127.0.0.1", "rebind.example"));

    try (EgressClient client = new EgressClient(policy, LONG)) {
      URI plain = URI.create(target.toString().replace("https:", "http:"));
      Result result = client.post(plain, Map.of(), new byte[0]);

      assertThat(result.status()).isZero();
      assertThat(result.error()).contains("must not be reached");
    }
    assertThat(receiver.calls()).isEmpty();
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void theAddressThatWasCheckedIsTheOneConnectedTo() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HostNames names =
        host -> {
          asked.incrementAndGet();
          return List.of(InetAddress.ofLiteral("127.0.0.1"));
        };
    EgressPolicy policy = new EgressPolicy(List.of(Network.parse("127.0.0.1")), names);

    try (EgressClient client = new EgressClient(policy, LONG)) {
      URI target = URI.create(receiver.url().replace("127.0.0.1", "known-to-nobody.invalid"));
      assertThat(client.post(target, Map.of(), new byte[0]).status()).isEqualTo(204);
    }
    assertThat(asked.get()).isEqualTo(1);
    assertThat(receiver.calls().getFirst().header("Host")).startsWith("known-to-nobody.invalid");
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    try (Receiver other = new Receiver();
        EgressClient client = client(LONG)) {
      receiver.answers(
          exchange -> {
            exchange.getResponseHeaders().add("Location", other.url());
            exchange.sendResponseHeaders(307, -1);
          });

      assertThat(client.post(URI.create(receiver.url()), Map.of(), new byte[0]).status())
          .isEqualTo(307);
      assertThat(other.calls()).isEmpty();
    }
  }

  @Test
  void anAnswerThatNeverComesIsNotWaitedFor() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    receiver.answers(exchange -> waitFor(never));
    try (EgressClient client = client(Duration.ofMillis(300))) {
      Result result = client.post(URI.create(receiver.url()), Map.of(), new byte[0]);

      assertThat(result.status()).isZero();
      assertThat(result.error()).isEqualTo("The answer took too long.");
    } finally {
      never.countDown();
    }
  }

  @Test
  void anAnswerThatNeverEndsIsNotRead() throws Exception {
    receiver.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] block = new byte[64 * 1024];
          try {
            while (!Thread.interrupted()) {
              exchange.getResponseBody().write(block);
            }
          } catch (IOException e) {
            // The other side has had enough.
          }
        });
    try (EgressClient client = client(LONG)) {
      Result result = client.post(URI.create(receiver.url()), Map.of(), new byte[0]);

      assertThat(result.status()).isEqualTo(200);
      assertThat(result.excerpt().length()).isLessThanOrEqualTo(300);
    }
  }

  private static EgressClient client(Duration deadline) {
    return new EgressClient(
        new EgressPolicy(List.of(Network.parse("127.0.0.0/8")), HostNames.ofSystem()), deadline);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      var _ = latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
