package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A call of AiSensy's campaign API, read with patience: unknown fields are passed over, an empty
 * object or list counts as absent, numbers may be texts.
 *
 * @param parameters values of the template's variables in order
 * @param buttons values of the buttons' variables by the button's index
 */
record CampaignCall(
    String apiKey,
    String campaignName,
    String destination,
    String userName,
    String source,
    String mediaUrl,
    List<String> parameters,
    List<String> tags,
    Map<String, String> attributes,
    Map<Integer, String> buttons,
    Map<String, String> fallbacks,
    String defaultCountry) {
  private static final int MAX_PARAMETERS = 100;

  static CampaignCall of(JsonNode body) {
    return new CampaignCall(
        text(body, "apiKey"),
        text(body, "campaignName"),
        text(body, "destination"),
        text(body, "userName"),
        text(body, "source"),
        text(body.path("media"), "url"),
        texts(body.path("templateParams")),
        texts(body.path("tags")),
        map(body.path("attributes")),
        buttons(body.path("buttons")),
        map(body.path("paramsFallbackValue")),
        text(body, "defaultCountryCode"));
  }

  private static String text(JsonNode object, String field) {
    JsonNode node = object.path(field);
    return node.isValueNode() && !node.isNull() ? node.asText() : "";
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    if (list.isArray()) {
      for (JsonNode element : list) {
        if (texts.size() < MAX_PARAMETERS && element.isValueNode()) {
          texts.add(element.isNull() ? "" : element.asText());
        }
      }
    }
    return List.copyOf(texts);
  }

  private static Map<String, String> map(JsonNode object) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      boolean usable = member.getValue().isValueNode() && !member.getValue().isNull();
      if (usable && map.size() < MAX_PARAMETERS) {
        map.put(member.getKey(), member.getValue().asText());
      }
    }
    return Map.copyOf(map);
  }

  // [{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"suffix"}]}]
  private static Map<Integer, String> buttons(JsonNode list) {
    Map<Integer, String> buttons = new LinkedHashMap<>();
    for (JsonNode button : list) {
      String value = text(button.path("parameters").path(0), "text");
      String index = text(button, "index");
      if (!value.isEmpty() && index.matches("[0-9]{1,2}")) {
        buttons.put(Integer.parseInt(index), value);
      }
    }
    return Map.copyOf(buttons);
  }
}
