package dev.herald.gateway.admin;

import dev.herald.gateway.GatewayConfig;
import dev.herald.gateway.GatewayConfig.Targets;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;

/**
 * What herald-admin is told.
 *
 * @param gateway gRPC target of the gateway
 * @param apiKey empty if not set: not every command needs it
 * @param serviceSecret likewise
 */
public record AdminConfig(String gateway, Targets targets, Secret apiKey, Secret serviceSecret) {
  private static final String API_KEY = "HERALD_API_KEY";

  public static AdminConfig from(Settings settings) {
    return new AdminConfig(
        settings.string("HERALD_GATEWAY_TARGET", "127.0.0.1:9100", "gRPC target of the gateway."),
        GatewayConfig.targets(settings),
        settings.secretOr(
            API_KEY, "", "API key of the workspace to work in, for what is done in one."),
        settings.secretOr(
            ServiceTokens.SETTING, "", "Secret that all services share, for what is done in any."));
  }

  /** The API key, which a command needs. */
  Secret requireApiKey() {
    return present(API_KEY, apiKey);
  }

  /** The secret, which a command needs. */
  Secret requireServiceSecret() {
    return present(ServiceTokens.SETTING, serviceSecret);
  }

  private static Secret present(String name, Secret secret) {
    if (secret.value().isEmpty()) {
      throw new SettingException(name + " is not set; this command needs it.");
    }
    return secret;
  }
}
