package dev.herald.campaign;

import dev.herald.runtime.ops.Metrics;
import dev.herald.runtime.ops.OpsConfig;
import dev.herald.runtime.ops.OpsServer;
import dev.herald.runtime.process.ServiceProcess;

/** The process of campaign-service. */
public final class CampaignServiceMain {
  private CampaignServiceMain() {}

  public static void main(String[] arguments) {
    ServiceProcess.run(
        "campaign-service",
        (settings, resources) -> {
          CampaignConfig config = CampaignConfig.from(settings);
          OpsConfig ops = OpsConfig.from(settings, CampaignConfig.DEFAULT_OPS_PORT);
          var metrics = Metrics.forService("campaign-service");
          CampaignService service = resources.own(CampaignService.start(config, metrics));
          resources.own(OpsServer.start(ops, metrics, service::ready));
        });
  }
}
