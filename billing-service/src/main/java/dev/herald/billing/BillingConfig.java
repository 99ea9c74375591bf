package dev.herald.billing;

import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.grpc.GrpcServerConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the billing service needs to know.
 *
 * @param jwks where the gateway publishes its signing keys
 * @param serviceSecret shared by all services
 * @param rateCardFolder cards, markets and rules of the operator, over those that come with Herald
 */
public record BillingConfig(
    DatabaseConfig database,
    GrpcServerConfig grpc,
    URI jwks,
    Secret serviceSecret,
    Optional<Path> rateCardFolder) {
  public static final int DEFAULT_PORT = 9103;
  public static final int DEFAULT_OPS_PORT = 9113;

  public static BillingConfig from(Settings settings) {
    return new BillingConfig(
        DatabaseConfig.from(settings),
        GrpcServerConfig.from(settings, DEFAULT_PORT),
        settings.uri(
            "HERALD_JWKS_URL",
            "http://127.0.0.1:8080/.well-known/jwks.json",
            "Where the gateway publishes the keys its tokens are signed with."),
        settings.secret(
            ServiceTokens.SETTING, "Secret that all services share, at least 32 bytes."),
        rateCardFolder(settings));
  }

  /** The operator's folder, which must exist if it is named. */
  public static Optional<Path> rateCardFolder(Settings settings) {
    String folder =
        settings.string(
            "HERALD_RATE_CARD_DIR",
            "",
            "Folder with rate cards, markets and pricing rules that replace or add to the built-in"
                + " ones; see docs/rate-cards.md.");
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Path path = Path.of(folder);
    if (!Files.isDirectory(path)) {
      throw new SettingException("HERALD_RATE_CARD_DIR is not a folder: " + folder);
    }
    return Optional.of(path);
  }
}
