package dev.herald.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.runtime.config.SettingException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that sign themselves are their own authority. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpsTest {
  @TempDir private static Path folder;

  private Tls tls;
  private HttpServer server;

  @BeforeAll
  void start() throws Exception {
    certificate("first", "EC");
    certificate("second", "RSA");
    use("first");
    tls = new Tls(folder.resolve("used.crt"), folder.resolve("used.key"));
    server =
        HttpServer.start(
            new HttpServer.Listen("127.0.0.1", 0, 100, Optional.of(tls)),
            routes -> routes.get("/secure", ctx -> ctx.result("" + ctx.req().isSecure())),
            new SimpleMeterRegistry());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void http2IsSpokenWithWhoCanAndHttp1WithOthers() throws Exception {
    use("first");
    tls.refresh();
    for (HttpClient.Version version : HttpClient.Version.values()) {
      if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
        HttpResponse<String> answer = get("first", version);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).isEqualTo("true");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
      }
    }
  }

  @Test
  void aRenewedCertificateIsTakenUpWithoutARestart() throws Exception {
    use("second");
    tls.refresh();

    assertThat(get("second", HttpClient.Version.HTTP_2).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> get("first", HttpClient.Version.HTTP_2))
        .isInstanceOf(SSLHandshakeException.class);

    // Half written: the one before stays.
    Files.writeString(folder.resolve("used.key"), "nothing yet");
    tls.refresh();
    assertThat(get("second", HttpClient.Version.HTTP_2).statusCode()).isEqualTo(200);
  }

  @Test
  void filesThatAreNoCertificateOrKeyAreRefusedAtTheStart() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    Path certificate = folder.resolve("first.crt");
    Path key = folder.resolve("first.key");

    assertThatThrownBy(() -> new Tls(empty, key)).isInstanceOf(SettingException.class);
    assertThatThrownBy(() -> new Tls(certificate, certificate))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("openssl pkcs8");
    assertThatThrownBy(() -> new Tls(folder.resolve("none"), key))
        .isInstanceOf(SettingException.class);
  }

  private HttpResponse<String> get(String trusted, HttpClient.Version version) throws Exception {
    try (HttpClient http =
        HttpClient.newBuilder().sslContext(trusting(trusted)).version(version).build()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/secure"))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static SSLContext trusting(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".crt"))) {
      store.setCertificateEntry(
          name, (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  // Files written within one tick of the clock must still look newer.
  private static void use(String name) throws IOException {
    for (String kind : new String[] {".crt", ".key"}) {
      Path file = folder.resolve("used" + kind);
      Files.write(file, Files.readAllBytes(folder.resolve(name + kind)));
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusNanos(name.hashCode())));
    }
  }

  private static void certificate(String name, String algorithm) throws Exception {
    char[] password = "changeit".toCharArray();
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
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

  private static void pem(String file, String type, byte[] content) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
