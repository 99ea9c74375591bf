package dev.herald.standalone;

import dev.herald.runtime.config.Settings;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings each part gets, under the names it would read from its environment as a process of
 * its own. What the operator set wins, but for what joins the parts to each other.
 */
final class Parts {
  private static final String LOOPBACK = "127.0.0.1:";

  private final StandaloneConfig config;
  private final DataDirectory data;
  private final LocalPostgres postgres;
  private final int httpPort;
  private final Map<String, String> joined = new HashMap<>();

  Parts(StandaloneConfig config, DataDirectory data, LocalPostgres postgres, int httpPort) {
    this.config = config;
    this.data = data;
    this.postgres = postgres;
    this.httpPort = httpPort;
    joined.put("HERALD_JWKS_URL", httpAddress() + "/.well-known/jwks.json");
    joined.put(
        "HERALD_PUBLIC_URL", config.overrides().getOrDefault("HERALD_PUBLIC_URL", httpAddress()));
    joined.put("HERALD_HTTP_PORT", Integer.toString(httpPort));
    joined.put("HERALD_SERVICE_SECRET", data.secret("service"));
    joined.put("HERALD_MESSAGE_KEY_SECRET", data.secret("message-key"));
    joined.put("HERALD_ENCRYPTION_KEY", data.secret("encryption"));
    joined.put("HERALD_WHATSAPP_APP_SECRET", appSecret());
    joined.put("HERALD_WHATSAPP_VERIFY_TOKEN", verifyToken());
    // Service processes offer metrics on a port of their own; here the gateway's is enough.
    joined.put("HERALD_OPS_PORT", "0");
  }

  String httpAddress() {
    return "http://" + LOOPBACK + httpPort;
  }

  String appSecret() {
    return config.overrides().getOrDefault("HERALD_WHATSAPP_APP_SECRET", data.secret("app"));
  }

  String verifyToken() {
    return config.overrides().getOrDefault("HERALD_WHATSAPP_VERIFY_TOKEN", data.secret("verify"));
  }

  /** Tells the parts started later where this one is. */
  void join(String targetSetting, int port) {
    joined.put(targetSetting, LOOPBACK + port);
  }

  void simulatorAt(int port) {
    joined.put("HERALD_SIMULATOR_URL", "http://" + LOOPBACK + port);
  }

  Settings service(String schema, int grpcPort) {
    Map<String, String> values = database(schema);
    // Whoever tries Herald wants to ask the services what they offer.
    values.putIfAbsent("HERALD_GRPC_REFLECTION", "true");
    values.put("HERALD_GRPC_PORT", Integer.toString(grpcPort));
    return Settings.of(values);
  }

  Settings gateway(String apiKey) {
    Map<String, String> values = database("gateway");
    values.put("HERALD_BOOTSTRAP_API_KEY", apiKey);
    return Settings.of(values);
  }

  private Map<String, String> database(String schema) {
    Map<String, String> values = new HashMap<>(config.overrides());
    // The simulator signs with the first of the secrets; the gateway accepts them all.
    values.putAll(joined);
    values.put("HERALD_DB_URL", postgres.jdbcUrl());
    values.put("HERALD_DB_USER", LocalPostgres.role(schema));
    values.put("HERALD_DB_PASSWORD", data.secret("database." + schema));
    return values;
  }
}
