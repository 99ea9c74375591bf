package dev.herald.standalone;

import dev.herald.simulator.Simulator;
import dev.herald.simulator.SimulatorConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The WhatsApp stand-in of this installation. It keeps its journal in the data directory, so that a
 * restart goes on telling what became of messages it had taken, as WhatsApp would.
 */
final class SimulatedWhatsApp {
  private static final String PREFIX = "HERALD_SIMULATOR_";

  private SimulatedWhatsApp() {}

  static Simulator start(StandaloneConfig config, DataDirectory data, Parts parts) {
    Map<String, String> settings = new HashMap<>();
    // As a number that Meta has upgraded; the channel decides how much of it is used.
    settings.put(PREFIX + "THROUGHPUT", "1000");
    settings.put(PREFIX + "JOURNAL_FILE", data.simulatorJournal().toString());
    settings.put(PREFIX + "ACCESS_TOKEN", accessToken(data));
    settings.putAll(
        config.overrides().entrySet().stream()
            .filter(setting -> setting.getKey().startsWith(PREFIX))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    settings.remove(PREFIX + "URL");
    settings.put(PREFIX + "PORT", Integer.toString(config.simulatorPort()));
    return Simulator.start(
        SimulatorConfig.from(settings)
            .withCallback(
                parts.httpAddress() + "/webhooks/whatsapp",
                parts.verifyToken(),
                parts.appSecret()));
  }

  static String accessToken(DataDirectory data) {
    return data.secret("access-token");
  }
}
