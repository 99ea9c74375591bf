package dev.herald.gateway;

import dev.herald.runtime.process.ServiceProcess;

/** The gateway as a process of its own. */
public final class GatewayMain {
  private GatewayMain() {}

  public static void main(String[] args) {
    ServiceProcess.run(
        "gateway",
        (settings, resources) -> resources.own(Gateway.start(GatewayConfig.from(settings))));
  }
}
