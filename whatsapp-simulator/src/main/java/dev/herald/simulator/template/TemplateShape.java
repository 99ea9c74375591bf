package dev.herald.simulator.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a send must provide for a template, read once from its components.
 *
 * @param headerFormat TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION; null without a header
 * @param bodyLength characters of the body that are not placeholders
 */
public record TemplateShape(
    @Nullable String headerFormat,
    List<String> headerVariables,
    List<String> bodyVariables,
    int bodyLength,
    List<Button> buttons) {

  /**
   * A button.
   *
   * @param needsParameter whether each send must fill it in: a URL with a variable, a coupon or
   *     one-time code
   */
  public record Button(Type type, String text, boolean needsParameter) {
    /** The kinds of button a send can address. */
    public enum Type {
      QUICK_REPLY,
      URL,
      PHONE_NUMBER,
      COPY_CODE,
      OTP,
      OTHER;

      static Type of(String text) {
        for (Type type : values()) {
          if (type.name().equals(text.toUpperCase(Locale.ROOT))) {
            return type;
          }
        }
        return OTHER;
      }
    }
  }

  static TemplateShape of(JsonNode components) {
    String headerFormat = null;
    List<String> headerVariables = List.of();
    List<String> bodyVariables = List.of();
    int bodyLength = 0;
    List<Button> buttons = new ArrayList<>();
    for (JsonNode component : components) {
      switch (component.path("type").asText().toUpperCase(Locale.ROOT)) {
        case "HEADER" -> {
          headerFormat = component.path("format").asText("TEXT").toUpperCase(Locale.ROOT);
          headerVariables = Variables.in(component.path("text").asText());
        }
        case "BODY" -> {
          // An authentication template has a fixed body of Meta's with the code as its only
          // variable.
          String text = component.path("text").asText("*{{1}}* is your verification code.");
          bodyVariables = Variables.in(text);
          bodyLength = Variables.fixedLength(text);
        }
        case "BUTTONS" -> component.path("buttons").forEach(button -> buttons.add(button(button)));
        default -> {}
      }
    }
    return new TemplateShape(
        headerFormat, headerVariables, bodyVariables, bodyLength, List.copyOf(buttons));
  }

  private static Button button(JsonNode button) {
    Button.Type type = Button.Type.of(button.path("type").asText());
    boolean needsParameter =
        switch (type) {
          case URL -> !Variables.in(button.path("url").asText()).isEmpty();
          case COPY_CODE, OTP -> true;
          case QUICK_REPLY, PHONE_NUMBER, OTHER -> false;
        };
    return new Button(type, button.path("text").asText(), needsParameter);
  }

  public boolean hasMediaHeader() {
    return headerFormat != null && List.of("IMAGE", "VIDEO", "DOCUMENT").contains(headerFormat);
  }

  public boolean hasQuickReply() {
    return buttons.stream().anyMatch(button -> button.type() == Button.Type.QUICK_REPLY);
  }
}
