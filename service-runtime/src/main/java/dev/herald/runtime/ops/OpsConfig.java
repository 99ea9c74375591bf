package dev.herald.runtime.ops;

import dev.herald.runtime.config.Settings;

/**
 * Where a process answers its operator.
 *
 * @param address address to bind; loopback unless the operator opens it
 * @param port 0 for any free one
 */
public record OpsConfig(String address, int port) {

  public static OpsConfig from(Settings settings, int defaultPort) {
    return new OpsConfig(
        settings.string(
            "HERALD_OPS_ADDRESS",
            "127.0.0.1",
            "Address of /metrics, /healthz and /readyz; 0.0.0.0 opens them to the network."),
        settings.integer(
            "HERALD_OPS_PORT", defaultPort, 0, 65_535, "Port of /metrics, /healthz and /readyz."));
  }
}
