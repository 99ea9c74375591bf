package dev.herald.campaign.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the components of a template as Meta lists them. */
final class MetaComponents {
  private static final Set<String> HEADERS = Set.of("TEXT", "IMAGE", "VIDEO", "DOCUMENT");
  private static final Set<String> BUTTONS =
      Set.of("QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP");
  private static final int MAX_COMPONENTS = 30;
  private static final int MAX_TEXT = 4096;

  private MetaComponents() {}

  static List<Component> parse(JsonNode components) {
    List<Component> parsed = new ArrayList<>();
    for (JsonNode component : components) {
      String type = text(component, "type");
      switch (type) {
        case "HEADER" -> parsed.add(header(component));
        case "BODY" -> parsed.add(part(Component.Kind.BODY, "TEXT", component, "body_text"));
        case "FOOTER" -> parsed.add(part(Component.Kind.FOOTER, "TEXT", component, "footer_text"));
        case "BUTTONS" -> component.path("buttons").forEach(button -> parsed.add(button(button)));
        default -> parsed.add(new Component(Component.Kind.UNKNOWN, type, "", "", List.of()));
      }
      if (parsed.size() > MAX_COMPONENTS) {
        return List.of(new Component(Component.Kind.UNKNOWN, "TOO_MANY_PARTS", "", "", List.of()));
      }
    }
    return List.copyOf(parsed);
  }

  private static Component header(JsonNode header) {
    String format = header.path("format").asText("TEXT");
    if (!HEADERS.contains(format)) {
      return new Component(Component.Kind.UNKNOWN, "HEADER " + format, "", "", List.of());
    }
    return part(
        Component.Kind.HEADER,
        format,
        header,
        format.equals("TEXT") ? "header_text" : "header_handle");
  }

  private static Component part(
      Component.Kind kind, String format, JsonNode component, String examples) {
    return new Component(
        kind, format, text(component, "text"), "", examples(component.path("example"), examples));
  }

  private static Component button(JsonNode button) {
    String type = text(button, "type");
    if (!BUTTONS.contains(type)) {
      return new Component(
          Component.Kind.UNKNOWN, "BUTTON " + type, text(button, "text"), "", List.of());
    }
    return new Component(
        Component.Kind.BUTTON,
        type,
        text(button, "text"),
        text(button, "url"),
        values(button.path("example")));
  }

  // Positional: ["a"] or [["a", "b"]]; named: [{"param_name": …, "example": …}] beside it.
  private static List<String> examples(JsonNode example, String field) {
    JsonNode named = example.path(field + "_named_params");
    if (named.isArray()) {
      List<String> values = new ArrayList<>();
      named.forEach(parameter -> values.add(text(parameter, "example")));
      return List.copyOf(values);
    }
    JsonNode values = example.path(field);
    return values(values.path(0).isArray() ? values.path(0) : values);
  }

  private static List<String> values(JsonNode values) {
    List<String> texts = new ArrayList<>();
    if (values.isTextual()) {
      texts.add(clean(values.asText()));
    }
    for (JsonNode value : values) {
      texts.add(clean(value.asText("")));
    }
    return List.copyOf(texts);
  }

  private static String text(JsonNode json, String field) {
    return clean(json.path(field).asText(""));
  }

  private static String clean(String text) {
    String storable = text.replace("\u0000", "");
    return storable.length() <= MAX_TEXT ? storable : storable.substring(0, MAX_TEXT);
  }
}
