package dev.herald.analytics;

import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcServerConfig;
import java.net.URI;
import java.time.Duration;

/**
 * What the analytics service needs to know.
 *
 * @param jwks where the gateway publishes its signing keys
 * @param serviceSecret shared by all services
 * @param billingTarget where billing-service is
 * @param peerSecurity how it is spoken to
 * @param retention how long single messages are kept; the figures stay
 */
public record AnalyticsConfig(
    DatabaseConfig database,
    GrpcServerConfig grpc,
    URI jwks,
    Secret serviceSecret,
    String billingTarget,
    ChannelSecurity peerSecurity,
    Duration retention) {
  public static final int DEFAULT_PORT = 9102;
  private static final String RETENTION = "HERALD_MESSAGE_RETENTION";
  private static final Duration SHORTEST_RETENTION = Duration.ofDays(35);
  public static final int DEFAULT_OPS_PORT = 9112;

  public static AnalyticsConfig from(Settings settings) {
    return new AnalyticsConfig(
        DatabaseConfig.from(settings),
        GrpcServerConfig.from(settings, DEFAULT_PORT),
        settings.uri(
            "HERALD_JWKS_URL",
            "http://127.0.0.1:8080/.well-known/jwks.json",
            "Where the gateway publishes the keys its tokens are signed with."),
        settings.secret(
            ServiceTokens.SETTING, "Secret that all services share, at least 32 bytes."),
        settings.string(
            "HERALD_BILLING_TARGET",
            "127.0.0.1:9103",
            "gRPC target of billing-service; several: host:port,host:port."),
        ChannelSecurity.from(settings),
        retention(settings));
  }

  private static Duration retention(Settings settings) {
    Duration retention =
        settings.duration(
            RETENTION,
            Duration.ofDays(400),
            "How long single messages are kept; 35d or more. Figures are kept for ever.");
    if (retention.compareTo(SHORTEST_RETENTION) < 0) {
      throw new SettingException(
          RETENTION + " must be 35d or more: WhatsApp reports on a message for up to 30 days.");
    }
    return retention;
  }
}
