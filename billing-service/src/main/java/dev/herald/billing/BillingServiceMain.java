package dev.herald.billing;

import dev.herald.billing.ratecard.RateCardFilesException;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.ops.Metrics;
import dev.herald.runtime.ops.OpsConfig;
import dev.herald.runtime.ops.OpsServer;
import dev.herald.runtime.process.Resources;
import dev.herald.runtime.process.ServiceProcess;

/** The process of the billing service. */
public final class BillingServiceMain {
  private static final String NAME = "billing-service";

  private BillingServiceMain() {}

  public static void main(String[] arguments) {
    ServiceProcess.run(NAME, BillingServiceMain::start);
  }

  private static void start(Settings settings, Resources resources) {
    BillingConfig config = BillingConfig.from(settings);
    OpsConfig ops = OpsConfig.from(settings, BillingConfig.DEFAULT_OPS_PORT);
    var metrics = Metrics.forService(NAME);
    try {
      BillingService service = resources.own(BillingService.start(config, metrics));
      resources.own(OpsServer.start(ops, metrics, service::ready));
    } catch (RateCardFilesException e) {
      throw new SettingException("HERALD_RATE_CARD_DIR: " + e.getMessage());
    }
  }
}
