package dev.herald.simulator.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.MessageKind;

/**
 * A message template of a WhatsApp Business Account. The key is name and language.
 *
 * @param id digits, as Meta's
 * @param named whether its parameters are named rather than positional
 * @param components as the API lists them
 * @param quality GREEN, YELLOW, RED or UNKNOWN
 */
public record Template(
    String id,
    String name,
    String language,
    MessageKind category,
    TemplateStatus status,
    boolean named,
    JsonNode components,
    TemplateShape shape,
    String quality,
    String rejectedReason) {

  static Template of(
      String id,
      String name,
      String language,
      MessageKind category,
      TemplateStatus status,
      boolean named,
      JsonNode components,
      String rejectedReason) {
    String quality =
        status == TemplateStatus.PAUSED || status == TemplateStatus.DISABLED ? "RED" : "UNKNOWN";
    return new Template(
        id,
        name,
        language,
        category,
        status,
        named,
        components,
        TemplateShape.of(components),
        quality,
        rejectedReason);
  }

  public Template withStatus(TemplateStatus changed, String reason) {
    return of(id, name, language, category, changed, named, components, reason);
  }

  public Template withCategory(MessageKind changed) {
    return of(id, name, language, changed, status, named, components, rejectedReason);
  }

  public Template withComponents(JsonNode changed) {
    return of(id, name, language, category, status, named, changed, rejectedReason);
  }

  /** The template as the API lists it, with every field. */
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("name", name);
    json.put("parameter_format", named ? "NAMED" : "POSITIONAL");
    json.set("components", components);
    json.put("language", language);
    json.put("status", status.name());
    json.put("category", category.name());
    json.put("rejected_reason", rejectedReason);
    json.putObject("quality_score").put("score", quality);
    json.put("id", id);
    return json;
  }
}
