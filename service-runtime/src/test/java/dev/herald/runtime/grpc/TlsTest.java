package dev.herald.runtime.grpc;

import static dev.herald.runtime.grpc.Loopback.failure;
import static dev.herald.runtime.grpc.Loopback.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that sign themselves are their own authority. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TlsTest {
  @TempDir private static Path folder;

  private Loopback loopback;

  @BeforeAll
  void start() throws Exception {
    certificate("server");
    certificate("client");
    certificate("stranger");
    Settings settings =
        Settings.of(
            Map.of(
                "HERALD_GRPC_PORT", "0",
                "HERALD_GRPC_TLS_CERTIFICATE", file("server.crt"),
                "HERALD_GRPC_TLS_KEY", file("server.key"),
                "HERALD_GRPC_TLS_CLIENT_CA", file("client.crt"),
                "HERALD_GRPC_TLS_RELOAD", "1s"));
    loopback = new Loopback(GrpcServerConfig.from(settings, 0), builder -> builder);
  }

  @AfterAll
  void stop() {
    loopback.close();
  }

  @Test
  void aClientWithTheRightCertificateIsServed() {
    assertThat(call("server", "client")).isEqualTo("x");
  }

  @Test
  void aClientWithoutOrWithAnothersCertificateIsNot() {
    assertThat(failure(() -> call("server", null)).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(() -> call("server", "stranger")).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(() -> loopback.viewer().view(text("x"))).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aServerWithAnothersCertificateIsNotTrusted() {
    assertThat(failure(() -> call("stranger", "client")).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void renewedCertificatesServeWithoutARestart() throws Exception {
    copy("server", "old-server");
    String before = call("old-server", "client");
    assertThat(before).isEqualTo("x");

    // The same names, other keys: who trusts only the old one is not served any more.
    certificate("renewed");
    copy("renewed", "server");
    certificate("renewed-client");
    copy("renewed-client", "client");

    await()
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(() -> call("renewed", "renewed-client").equals("x"));
    assertThat(failure(() -> call("old-server", "renewed-client")).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Files.writeString(folder.resolve("empty.crt"), "nothing");
    assertThatThrownBy(() -> call("empty", null))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("empty.crt");
  }

  @Test
  void halfASetOfFilesIsRefused() {
    assertThatThrownBy(
            () ->
                GrpcServerConfig.from(
                    Settings.of(Map.of("HERALD_GRPC_TLS_KEY", file("server.key"))), 0))
        .isInstanceOf(SettingException.class);
    assertThatThrownBy(
            () ->
                ChannelSecurity.from(
                    Settings.of(Map.of("HERALD_GRPC_CLIENT_TLS_KEY", file("client.key")))))
        .isInstanceOf(SettingException.class);
  }

  private String call(String authority, String client) {
    Map<String, String> settings =
        client == null
            ? Map.of("HERALD_GRPC_CLIENT_TLS_CA", file(authority + ".crt"))
            : Map.of(
                "HERALD_GRPC_CLIENT_TLS_CA", file(authority + ".crt"),
                "HERALD_GRPC_CLIENT_TLS_CERTIFICATE", file(client + ".crt"),
                "HERALD_GRPC_CLIENT_TLS_KEY", file(client + ".key"));
    ManagedChannel channel =
        GrpcClients.channel(
            "127.0.0.1:" + loopback.server.port(),
            ChannelSecurity.from(Settings.of(settings)),
            loopback.tokens.viewer(7));
    try {
      return EchoServiceGrpc.newBlockingStub(channel).view(text("x")).getText();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void copy(String from, String to) throws Exception {
    for (String kind : List.of(".key", ".crt")) {
      Files.copy(
          folder.resolve(from + kind),
          folder.resolve(to + kind),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static void certificate(String name) throws Exception {
    char[] password = "changeit".toCharArray();
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), password);
    pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    pem(name + ".key", "PRIVATE KEY", keys.getKey(name, password).getEncoded());
  }

  private static void pem(String file, String type, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
