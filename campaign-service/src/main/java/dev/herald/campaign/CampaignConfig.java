package dev.herald.campaign;

import dev.herald.campaign.dispatch.DispatchConfig;
import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.upkeep.RestoreGuard;
import dev.herald.campaign.whatsapp.CloudApiConfig;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.PublicUrl;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcServerConfig;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What campaign-service is told at its start.
 *
 * @param analyticsTarget gRPC target of analytics-service
 * @param billingTarget gRPC target of billing-service
 * @param peerSecurity how those are spoken to
 * @param jwks the gateway's public keys
 * @param serviceSecret shared by all services
 * @param messageKeySecrets the first signs; shared with the gateway
 * @param publicUrl where people reach the gateway, for tracked links
 * @param encryptionKeys the first seals the secrets of channels
 * @param maxAudience most recipients of one upload
 * @param expireAfter silence after which a message is given up
 * @param replyWindow how long after a message an inbound one counts as its reply
 * @param repliesKept how long the words of a reply are kept
 * @param conversionWindow how long after a message what its recipient does is owed to it
 * @param stopKeywords inbound texts that opt a person out
 * @param startKeywords inbound texts that opt a person in again
 * @param clusterEpoch to be raised by the operator after a restore
 */
public record CampaignConfig(
    DatabaseConfig database,
    GrpcServerConfig grpc,
    String analyticsTarget,
    String billingTarget,
    ChannelSecurity peerSecurity,
    JwksSource jwks,
    Secret serviceSecret,
    List<Secret> messageKeySecrets,
    Optional<URI> publicUrl,
    List<Secret> encryptionKeys,
    CloudApiConfig whatsapp,
    DispatchConfig dispatch,
    int maxAudience,
    Duration expireAfter,
    Duration unconfirmedAge,
    Duration replyWindow,
    Duration repliesKept,
    Duration conversionWindow,
    List<String> stopKeywords,
    List<String> startKeywords,
    int clusterEpoch) {
  public static final int DEFAULT_PORT = 9101;
  public static final int DEFAULT_OPS_PORT = 9111;
  public static final int DEFAULT_MAX_AUDIENCE = 2_000_000;
  public static final Duration DEFAULT_EXPIRE_AFTER = Duration.ofDays(8);
  public static final Duration DEFAULT_UNCONFIRMED_AGE = Duration.ofMinutes(30);
  public static final Duration DEFAULT_REPLY_WINDOW = Duration.ofHours(72);
  public static final Duration DEFAULT_REPLIES_KEPT = Duration.ofDays(90);
  public static final Duration DEFAULT_CONVERSION_WINDOW = Duration.ofDays(7);
  public static final List<String> DEFAULT_STOP =
      List.of("STOP", "STOP ALL", "UNSUBSCRIBE", "OPT OUT");
  public static final List<String> DEFAULT_START = List.of("START", "UNSTOP", "SUBSCRIBE");

  public static CampaignConfig from(Settings settings) {
    CloudApiConfig whatsapp = CloudApiConfig.from(settings);
    return new CampaignConfig(
        DatabaseConfig.from(settings),
        GrpcServerConfig.from(settings, DEFAULT_PORT),
        settings.string(
            "HERALD_ANALYTICS_TARGET",
            "127.0.0.1:9102",
            "gRPC target of analytics-service; several: host:port,host:port."),
        settings.string(
            "HERALD_BILLING_TARGET",
            "127.0.0.1:9103",
            "gRPC target of billing-service; several: host:port,host:port."),
        ChannelSecurity.from(settings),
        JwksSource.remote(
            settings.uri(
                "HERALD_JWKS_URL",
                "http://127.0.0.1:8080/.well-known/jwks.json",
                "Where the gateway publishes the keys that sign users' tokens.")),
        settings.secret(ServiceTokens.SETTING, "Shared by all services; at least 32 bytes."),
        settings.secrets(
            MessageKeyCodec.SETTING,
            "Signs the key that travels with every message; shared with the gateway; the first"
                + " signs, the others still verify."),
        PublicUrl.from(settings),
        settings.secrets(
            SecretBox.SETTING,
            "Encrypts the secrets of channels: 32 bytes, as 64 hexadecimal digits; the first seals,"
                + " the others still open."),
        whatsapp,
        DispatchConfig.from(settings, whatsapp.sendTimeout()),
        settings.integer(
            "HERALD_AUDIENCE_MAX_ROWS",
            DEFAULT_MAX_AUDIENCE,
            1,
            50_000_000,
            "Most recipients of one upload."),
        settings.duration(
            "HERALD_EXPIRE_AFTER",
            DEFAULT_EXPIRE_AFTER,
            "Silence after which a message that WhatsApp took is given up and its money released."),
        DEFAULT_UNCONFIRMED_AGE,
        settings.duration(
            "HERALD_REPLY_WINDOW",
            DEFAULT_REPLY_WINDOW,
            "How long after a message an inbound one counts as its reply."),
        settings.duration(
            "HERALD_REPLY_RETENTION",
            DEFAULT_REPLIES_KEPT,
            "How long the words of a reply are kept; the counts stay."),
        settings.duration(
            "HERALD_CONVERSION_WINDOW",
            DEFAULT_CONVERSION_WINDOW,
            "How long after a message a conversion told by phone number is owed to it."),
        settings.list("HERALD_STOP_KEYWORDS", DEFAULT_STOP, "Inbound texts that opt a person out."),
        settings.list(
            "HERALD_START_KEYWORDS", DEFAULT_START, "Inbound texts that opt a person in again."),
        settings.integer(
            RestoreGuard.SETTING,
            1,
            1,
            Integer.MAX_VALUE,
            "Raise it after restoring a copied data directory: every campaign then comes up"
                + " PAUSED."));
  }
}
