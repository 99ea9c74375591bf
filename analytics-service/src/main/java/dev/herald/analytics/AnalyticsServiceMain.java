package dev.herald.analytics;

import dev.herald.runtime.config.Settings;
import dev.herald.runtime.ops.Metrics;
import dev.herald.runtime.ops.OpsConfig;
import dev.herald.runtime.ops.OpsServer;
import dev.herald.runtime.process.Resources;
import dev.herald.runtime.process.ServiceProcess;

/** The process of the analytics service. */
public final class AnalyticsServiceMain {
  private static final String NAME = "analytics-service";

  private AnalyticsServiceMain() {}

  public static void main(String[] arguments) {
    ServiceProcess.run(NAME, AnalyticsServiceMain::start);
  }

  private static void start(Settings settings, Resources resources) {
    OpsConfig ops = OpsConfig.from(settings, AnalyticsConfig.DEFAULT_OPS_PORT);
    var metrics = Metrics.forService(NAME);
    AnalyticsService service =
        resources.own(AnalyticsService.start(AnalyticsConfig.from(settings), metrics));
    resources.own(OpsServer.start(ops, metrics, service::ready));
  }
}
