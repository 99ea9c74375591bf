package dev.herald.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.runtime.process.StartException;
import dev.herald.simulator.Simulator;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a newcomer finds on the first start: a channel on the simulator with its templates, money to
 * play with, and a campaign ready to launch. Done through the HTTP API, each step repeatable, so
 * that a start that was cut short is completed by the next one.
 */
final class FirstLook {
  private static final Logger log = LoggerFactory.getLogger(FirstLook.class);
  private static final int SAMPLE_ROWS = 2000;
  private static final String PLAY_MONEY_MICROS = "1000000000";

  private final Api api;
  private final DataDirectory data;
  private final Simulator simulator;

  FirstLook(Api api, DataDirectory data, Simulator simulator) {
    this.api = api;
    this.data = data;
    this.simulator = simulator;
  }

  void prepare() {
    String csv = SampleAudience.csv(SAMPLE_ROWS);
    data.writePrivate(data.sampleAudience(), csv);
    String channelId = channel();
    api.post("channels/" + channelId + ":syncTemplates", Map.of());
    api.post(
        "wallet:topUp",
        Map.of(
            "amount",
            Map.of("currency", "USD", "micros", PLAY_MONEY_MICROS),
            "note",
            "Play money of the first start"),
        "first-look-money");
    if (api.get("campaigns?pageSize=1").path("campaigns").isEmpty()) {
      campaign(channelId, csv);
    }
  }

  private String channel() {
    JsonNode channels = api.get("channels").path("channels");
    if (!channels.isEmpty()) {
      return channels.get(0).path("id").asText();
    }
    return api.post(
            "channels",
            Map.of(
                "name", "Simulated number",
                "phoneNumberId", simulator.phoneNumberId(0),
                "wabaId", simulator.config().businessAccountId(),
                "accessToken", SimulatedWhatsApp.accessToken(data),
                "simulated", true),
            "first-look-channel")
        .path("id")
        .asText();
  }

  private void campaign(String channelId, String csv) {
    JsonNode template = anyMarketingTemplate(channelId);
    JsonNode campaign =
        api.post(
            "campaigns",
            Map.of(
                "name",
                "First look",
                "type",
                "BROADCAST",
                "channelId",
                channelId,
                "content",
                Map.of("template", Map.of("templateId", template.path("id").asText()))),
            "first-look-campaign");
    String id = campaign.path("id").asText();
    JsonNode imported = api.postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(csv));
    log.info(
        "Prepared campaign id={} recipients={} rowErrors={}",
        id,
        imported.path("accepted").asInt(),
        imported.path("rejected").asInt());
  }

  /** An approved marketing template that has one parameter, which the sample fills. */
  private JsonNode anyMarketingTemplate(String channelId) {
    for (JsonNode template :
        api.get("templates?channelId=" + channelId + "&statuses=APPROVED").path("templates")) {
      if (template.path("category").asText().equals("MARKETING")
          && template.path("placeholders").size() == 1) {
        return template;
      }
    }
    throw new StartException("The simulator offers no approved marketing template.");
  }
}
