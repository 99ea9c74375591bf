package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.AnalyticsConfig;
import dev.herald.billing.BillingConfig;
import dev.herald.campaign.CampaignConfig;
import dev.herald.gateway.GatewayConfig;
import dev.herald.gateway.admin.AdminConfig;
import dev.herald.runtime.config.Setting;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.config.SettingsTable;
import dev.herald.runtime.ops.OpsConfig;
import dev.herald.runtime.trace.LogSettings;
import dev.herald.runtime.trace.TraceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The handbook's table of settings is what the processes really read. Run with {@code
 * -Dherald.docs=write} to write it anew.
 */
class ConfigurationTest {
  private static final Path HANDBOOK = Path.of("../docs/configuration.md");
  private static final String BEGIN = "<!-- settings: begin -->\n";
  private static final String END = "<!-- settings: end -->\n";

  @Test
  void theHandbookListsEverySettingAsItIsRead() throws IOException {
    String handbook = Files.readString(HANDBOOK);
    int begin = handbook.indexOf(BEGIN) + BEGIN.length();
    int end = handbook.indexOf(END);
    String table = "\n" + SettingsTable.markdown(everySetting()) + "\n";
    if ("write".equals(System.getProperty("herald.docs"))) {
      Files.writeString(HANDBOOK, handbook.substring(0, begin) + table + handbook.substring(end));
      return;
    }
    assertThat(handbook.substring(begin, end))
        .as("docs/configuration.md; -Dherald.docs=write writes it anew")
        .isEqualTo(table);
  }

  private static Map<String, List<Setting>> everySetting() {
    Map<String, List<Setting>> settings = new LinkedHashMap<>();
    settings.put(
        "gateway",
        read(
            it -> {
              GatewayConfig.from(it);
              LogSettings.check(it);
              TraceConfig.from(it);
            }));
    settings.put(
        "campaign",
        read(
            it -> {
              CampaignConfig.from(it);
              OpsConfig.from(it, CampaignConfig.DEFAULT_OPS_PORT);
              LogSettings.check(it);
              TraceConfig.from(it);
            }));
    settings.put(
        "analytics",
        read(
            it -> {
              AnalyticsConfig.from(it);
              OpsConfig.from(it, AnalyticsConfig.DEFAULT_OPS_PORT);
              LogSettings.check(it);
              TraceConfig.from(it);
            }));
    settings.put(
        "billing",
        read(
            it -> {
              BillingConfig.from(it);
              OpsConfig.from(it, BillingConfig.DEFAULT_OPS_PORT);
              LogSettings.check(it);
              TraceConfig.from(it);
            }));
    settings.put("herald-admin", read(AdminConfig::from));
    settings.put("standalone", read(it -> StandaloneConfig.from(it, Map.of())));
    return settings;
  }

  private static List<Setting> read(Consumer<Settings> reading) {
    Settings settings =
        Settings.of(
            Map.of(
                "HERALD_DB_USER",
                "some role",
                "HERALD_DB_PASSWORD",
                "some password",
                "HERALD_SERVICE_SECRET",
                "s".repeat(32),
                "HERALD_MESSAGE_KEY_SECRET",
                "m".repeat(32),
                "HERALD_ENCRYPTION_KEY",
                "0".repeat(64),
                "HERALD_WHATSAPP_APP_SECRET",
                "some secret",
                "HERALD_WHATSAPP_VERIFY_TOKEN",
                "some word"));
    reading.accept(settings);
    return settings.described();
  }
}
