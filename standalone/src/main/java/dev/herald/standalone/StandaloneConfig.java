package dev.herald.standalone;

import dev.herald.runtime.config.Settings;
import java.nio.file.Path;
import java.util.Map;

/**
 * What can be chosen about a standalone Herald. Port 0 means any free port.
 *
 * @param dataDirectory where the database, the secrets and the sample files live; kept across
 *     starts
 * @param bootstrapApiKey the owner key to accept, or empty: one is made and kept in the data
 *     directory
 * @param overrides further settings handed to every part, by their environment names
 */
public record StandaloneConfig(
    Path dataDirectory,
    int httpPort,
    int campaignPort,
    int analyticsPort,
    int billingPort,
    int simulatorPort,
    String bootstrapApiKey,
    Map<String, String> overrides) {

  public static StandaloneConfig from(Settings settings, Map<String, String> overrides) {
    return new StandaloneConfig(
        Path.of(
            settings.string(
                "HERALD_DATA_DIR",
                "herald-data",
                "Folder of the database, the secrets and the sample files.")),
        port(settings, "HERALD_HTTP_PORT", 8080, "dashboard and HTTP API"),
        port(settings, "HERALD_CAMPAIGN_GRPC_PORT", 9101, "campaign-service's gRPC"),
        port(settings, "HERALD_ANALYTICS_GRPC_PORT", 9102, "analytics-service's gRPC"),
        port(settings, "HERALD_BILLING_GRPC_PORT", 9103, "billing-service's gRPC"),
        port(settings, "HERALD_SIMULATOR_PORT", 9180, "the WhatsApp simulator"),
        settings
            .secretOr("HERALD_BOOTSTRAP_API_KEY", "", "First owner key; empty: one is made.")
            .value(),
        overrides);
  }

  private static int port(Settings settings, String name, int fallback, String what) {
    return settings.integer(name, fallback, 0, 65535, "Port of " + what + "; 0 takes a free one.");
  }
}
