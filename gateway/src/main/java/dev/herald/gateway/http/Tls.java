package dev.herald.gateway.http;

import dev.herald.gateway.security.Hashes;
import dev.herald.runtime.config.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate by which the gateway proves who it is, with its key: PEM files, as every tool
 * writes them. A renewed certificate is taken up without a restart.
 */
public final class Tls {
  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private final Path certificate;
  private final Path key;
  private final SslContextFactory.Server factory = new SslContextFactory.Server();
  private List<FileTime> loaded;

  /**
   * @throws SettingException if the files are not what they should be
   */
  public Tls(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
    try {
      this.loaded = times();
      prove(factory);
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingException(
          "The TLS certificate %s and key %s cannot be used: %s"
              .formatted(certificate, key, e.getMessage()));
    }
    factory.setCipherComparator(HTTP2Cipher.COMPARATOR);
  }

  SslContextFactory.Server factory() {
    return factory;
  }

  /** Takes up files that have changed; ones that do not fit together are left until they do. */
  public void refresh() {
    try {
      List<FileTime> now = times();
      if (!now.equals(loaded)) {
        factory.reload(
            fresh -> {
              try {
                prove((SslContextFactory.Server) fresh);
              } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException(e);
              }
            });
        loaded = now;
        log.info("TLS certificate renewed file={}", certificate);
      }
    } catch (Exception e) {
      log.error("The TLS files have changed and cannot be used file={}", certificate, e);
    }
  }

  private List<FileTime> times() throws IOException {
    return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
  }

  private void prove(SslContextFactory.Server target) throws IOException, GeneralSecurityException {
    String password = Hashes.randomSecret();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("herald", privateKey(), password.toCharArray(), chain());
    target.setKeyStore(store);
    target.setKeyStorePassword(password);
  }

  private Certificate[] chain() throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(certificate)) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new GeneralSecurityException("There is no certificate in the file.");
      }
      return chain;
    }
  }

  private PrivateKey privateKey() throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(key, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw new GeneralSecurityException(
          "The key must be unencrypted PKCS #8 (BEGIN PRIVATE KEY); convert it with:"
              + " openssl pkcs8 -topk8 -nocrypt");
    }
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        log.debug("The TLS key is not of this kind kind={}", algorithm);
      }
    }
    throw new GeneralSecurityException("The key is of none of the kinds " + ALGORITHMS + ".");
  }
}
