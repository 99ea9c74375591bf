package dev.herald.campaign.whatsapp;

import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where WhatsApp is.
 *
 * @param simulatorUrl where channels marked simulated go
 * @param connectTimeout for one connection; nothing has been sent when it is over
 * @param sendTimeout for one message in all; its outcome is unknown when it is over
 * @param maxConnections to WhatsApp at a time, all channels together
 */
public record CloudApiConfig(
    URI baseUrl,
    String version,
    Optional<URI> simulatorUrl,
    Duration connectTimeout,
    Duration sendTimeout,
    int maxConnections) {
  private static final Pattern VERSION = Pattern.compile("v\\d{1,3}\\.\\d{1,2}");
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration SEND = Duration.ofSeconds(10);
  private static final int CONNECTIONS = 1024;

  public CloudApiConfig {
    if (!VERSION.matcher(version).matches()) {
      throw new SettingException(
          "HERALD_WHATSAPP_API_VERSION is \""
              + version
              + "\" but must be a version such as v26.0.");
    }
  }

  /** With the usual time limits. */
  public static CloudApiConfig of(URI baseUrl, String version, Optional<URI> simulatorUrl) {
    return new CloudApiConfig(baseUrl, version, simulatorUrl, CONNECT, SEND, CONNECTIONS);
  }

  public static CloudApiConfig from(Settings settings) {
    String simulator =
        settings.string(
            "HERALD_SIMULATOR_URL",
            "",
            "Address of the WhatsApp simulator; channels marked simulated go there.");
    return new CloudApiConfig(
        settings.uri(
            "HERALD_WHATSAPP_BASE_URL",
            "https://graph.facebook.com",
            "Address of WhatsApp's Cloud API."),
        settings.string(
            "HERALD_WHATSAPP_API_VERSION", "v26.0", "Version of WhatsApp's Cloud API to speak."),
        simulator.isEmpty() ? Optional.empty() : Optional.of(URI.create(simulator)),
        settings.duration(
            "HERALD_WHATSAPP_CONNECT_TIMEOUT",
            CONNECT,
            "Time for one connection to WhatsApp; nothing has been sent when it is over."),
        settings.duration(
            "HERALD_WHATSAPP_SEND_TIMEOUT",
            SEND,
            "Time for one message in all; the message is unconfirmed when it is over."),
        settings.integer(
            "HERALD_WHATSAPP_MAX_CONNECTIONS",
            CONNECTIONS,
            1,
            10_000,
            "Most connections to WhatsApp at a time, all channels together."));
  }
}
