package dev.herald.runtime.grpc;

import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a service listens.
 *
 * @param address address to bind; loopback unless the operator opens it
 * @param port 0 for any free one
 * @param tls certificate and key; without it the server speaks plain text
 * @param reflection whether clients may ask for the contracts
 * @param maxCalls most calls worked on at a time; more are answered RESOURCE_EXHAUSTED
 */
public record GrpcServerConfig(
    String address, int port, Optional<Tls> tls, boolean reflection, int maxCalls) {
  static final String LOOPBACK = "127.0.0.1";
  static final int DEFAULT_MAX_CALLS = 512;

  private static final String RELOAD = "HERALD_GRPC_TLS_RELOAD";
  private static final Duration SHORTEST_RELOAD = Duration.ofSeconds(1);

  /**
   * Files in PEM form.
   *
   * @param clientAuthority if set, clients must show a certificate this authority has signed
   * @param reload how often the files are looked at
   */
  public record Tls(Path certificate, Path key, Optional<Path> clientAuthority, Duration reload) {}

  /** Plain text on loopback. */
  public static GrpcServerConfig local(int port) {
    return new GrpcServerConfig(LOOPBACK, port, Optional.empty(), false, DEFAULT_MAX_CALLS);
  }

  public static GrpcServerConfig from(Settings settings, int defaultPort) {
    return new GrpcServerConfig(
        settings.string(
            "HERALD_GRPC_ADDRESS",
            LOOPBACK,
            "Address the gRPC server binds; 0.0.0.0 opens it to the network."),
        settings.integer("HERALD_GRPC_PORT", defaultPort, 0, 65_535, "Port of the gRPC server."),
        tls(settings),
        settings.flag(
            "HERALD_GRPC_REFLECTION", false, "Lets tools such as grpcurl ask for the contracts."),
        settings.integer(
            "HERALD_GRPC_MAX_CALLS",
            DEFAULT_MAX_CALLS,
            1,
            100_000,
            "Most calls worked on at a time; more are answered RESOURCE_EXHAUSTED."));
  }

  private static Optional<Tls> tls(Settings settings) {
    @Nullable Path certificate =
        settings
            .file("HERALD_GRPC_TLS_CERTIFICATE", "Server certificate (PEM); turns TLS on.")
            .orElse(null);
    @Nullable Path key =
        settings.file("HERALD_GRPC_TLS_KEY", "Its private key (PEM).").orElse(null);
    Optional<Path> clientAuthority =
        settings.file(
            "HERALD_GRPC_TLS_CLIENT_CA",
            "Authority (PEM) that must have signed a client's certificate; turns mutual TLS on.");
    Duration reload = reload(settings);
    if (certificate == null && key == null && clientAuthority.isEmpty()) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new SettingException(
          "TLS needs both HERALD_GRPC_TLS_CERTIFICATE and HERALD_GRPC_TLS_KEY.");
    }
    return Optional.of(new Tls(certificate, key, clientAuthority, reload));
  }

  static Duration reload(Settings settings) {
    Duration reload =
        settings.duration(
            RELOAD,
            Duration.ofMinutes(1),
            "How often the TLS files of gRPC are looked at; renewed ones serve new connections.");
    if (reload.compareTo(SHORTEST_RELOAD) < 0) {
      throw new SettingException(RELOAD + " must be 1s or more.");
    }
    return reload;
  }
}
