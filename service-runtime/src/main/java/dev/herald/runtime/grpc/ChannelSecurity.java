package dev.herald.runtime.grpc;

import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;

/** How a channel is encrypted: in plain text, or with TLS against an authority's certificate. */
public final class ChannelSecurity {
  private final ChannelCredentials credentials;

  private ChannelSecurity(ChannelCredentials credentials) {
    this.credentials = credentials;
  }

  public static ChannelSecurity plaintext() {
    return new ChannelSecurity(InsecureChannelCredentials.create());
  }

  public static ChannelSecurity from(Settings settings) {
    Optional<Path> authority =
        settings.file(
            "HERALD_GRPC_CLIENT_TLS_CA",
            "Authority (PEM) of the other services' certificates; turns TLS on for our calls.");
    Optional<Path> certificate =
        settings.file(
            "HERALD_GRPC_CLIENT_TLS_CERTIFICATE", "Our certificate (PEM) for mutual TLS.");
    Optional<Path> key = settings.file("HERALD_GRPC_CLIENT_TLS_KEY", "Its private key (PEM).");
    Duration reload = GrpcServerConfig.reload(settings);
    if (authority.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return plaintext();
    }
    if (authority.isEmpty() || certificate.isPresent() != key.isPresent()) {
      throw new SettingException(
          "TLS for our calls needs HERALD_GRPC_CLIENT_TLS_CA; mutual TLS also both"
              + " HERALD_GRPC_CLIENT_TLS_CERTIFICATE and HERALD_GRPC_CLIENT_TLS_KEY.");
    }
    return tls(authority.get(), certificate, key, reload);
  }

  private static ChannelSecurity tls(
      Path authority, Optional<Path> certificate, Optional<Path> key, Duration reload) {
    TlsFiles files = new TlsFiles(reload);
    try {
      TlsChannelCredentials.Builder tls =
          TlsChannelCredentials.newBuilder().trustManager(files.servers(authority));
      if (certificate.isPresent() && key.isPresent()) {
        tls.keyManager(files.identity(certificate.get(), key.get()));
      }
      return new ChannelSecurity(tls.build());
    } catch (IOException | GeneralSecurityException e) {
      files.close();
      throw new SettingException(
          "The TLS files %s cannot be used: %s".formatted(authority, e.getMessage()));
    }
  }

  ChannelCredentials credentials() {
    return credentials;
  }
}
