package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.journal.ButtonTap;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateShape;
import dev.herald.simulator.template.TemplateShape.Button;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the {@code components} of a template send against what the template declares. */
final class TemplateParameters {
  private static final int MOST_BODY_CHARACTERS = 1024;
  private static final Pattern FORBIDDEN_SPACE = Pattern.compile("[\\n\\t\\r]| {5,}");

  private final Template template;
  private final TemplateShape shape;
  private final JsonNode components;
  private final SendValidator validator;

  TemplateParameters(Template template, JsonNode components, SendValidator validator) {
    this.template = template;
    this.shape = template.shape();
    this.components = components;
    this.validator = validator;
  }

  /** True if WhatsApp has to fetch a file. */
  boolean check() {
    if (!components.isMissingNode() && !components.isArray()) {
      throw refuse(ErrorCode.INVALID_PARAMETER, "template['components'] must be an array");
    }
    for (JsonNode component : components) {
      String type = component.path("type").asText().toLowerCase(Locale.ROOT);
      if (!Set.of("header", "body", "button", "footer", "limited_time_offer", "carousel")
          .contains(type)) {
        throw refuse(
            ErrorCode.INVALID_PARAMETER,
            "template['components'] has an unknown type \"" + type + "\"");
      }
    }
    boolean fetches = header(parametersOf("header"));
    body(parametersOf("body"));
    buttons();
    return fetches;
  }

  private JsonNode parametersOf(String type) {
    for (JsonNode component : components) {
      if (component.path("type").asText().equalsIgnoreCase(type)) {
        return component.path("parameters");
      }
    }
    return components.path("none");
  }

  private boolean header(JsonNode parameters) {
    String format = shape.headerFormat();
    if (format != null && !format.equals("TEXT")) {
      String received = parameters.path(0).path("type").asText("unknown").toUpperCase(Locale.ROOT);
      if (!received.equals(format)) {
        throw refuse(
            ErrorCode.PARAMETER_FORMAT,
            "header: Format mismatch, expected " + format + ", received " + received);
      }
      String type = format.toLowerCase(Locale.ROOT);
      return SendValidator.mediaTypes().contains(type)
          && validator.media(parameters.path(0).path(type), type);
    }
    var _ = texts("header", parameters, shape.headerVariables());
    return false;
  }

  private void body(JsonNode parameters) {
    int length = shape.bodyLength() + texts("body", parameters, shape.bodyVariables());
    if (length > MOST_BODY_CHARACTERS) {
      throw refuse(
          ErrorCode.TEMPLATE_TEXT_TOO_LONG,
          "body: Translated text has "
              + length
              + " characters, at most "
              + MOST_BODY_CHARACTERS
              + " are allowed");
    }
  }

  /** Checks text parameters; returns how many characters they add. */
  private int texts(String where, JsonNode parameters, List<String> variables) {
    if (parameters.size() != variables.size()) {
      throw refuse(
          ErrorCode.PARAMETER_COUNT,
          "%s: number of localizable_params (%d) does not match the expected number of params (%d)"
              .formatted(where, parameters.size(), variables.size()));
    }
    Set<String> given = new HashSet<>();
    int characters = 0;
    for (JsonNode parameter : parameters) {
      characters += text(where, parameter);
      if (template.named()) {
        String name = parameter.path("parameter_name").asText();
        if (name.isEmpty()) {
          throw refuse(ErrorCode.PARAMETER_FORMAT, where + ": Parameter name is missing or empty");
        }
        if (!variables.contains(name) || !given.add(name)) {
          throw refuse(
              ErrorCode.PARAMETER_FORMAT,
              where + ": Parameter name " + name + " is unknown or repeated");
        }
      }
    }
    return characters;
  }

  private static int text(String where, JsonNode parameter) {
    String type = parameter.path("type").asText();
    String text =
        switch (type) {
          case "text" -> parameter.path("text").asText();
          case "currency", "date_time" -> parameter.path(type).path("fallback_value").asText();
          default ->
              throw refuse(
                  ErrorCode.PARAMETER_FORMAT,
                  where
                      + ": Format mismatch, expected TEXT, received "
                      + (type.isEmpty() ? "UNKNOWN" : type.toUpperCase(Locale.ROOT)));
        };
    if (text.isEmpty()) {
      throw refuse(ErrorCode.PARAMETER_MISSING, "Parameter of type text is missing text value");
    }
    if (FORBIDDEN_SPACE.matcher(text).find()) {
      throw refuse(
          ErrorCode.TEMPLATE_PARAMETERS,
          where
              + ": Param text cannot have new-line/tab characters or more than 4 consecutive"
              + " spaces");
    }
    return text.codePointCount(0, text.length());
  }

  private void buttons() {
    for (int index = 0; index < shape.buttons().size(); index++) {
      Button button = shape.buttons().get(index);
      JsonNode sent = sentButton(index);
      if (sent == null) {
        if (button.needsParameter()) {
          throw refuse(
              ErrorCode.PARAMETER_MISSING,
              "buttons: Button at index %d of type %s requires a parameter"
                  .formatted(index, title(button)));
        }
        continue;
      }
      String subType = sent.path("sub_type").asText().toUpperCase(Locale.ROOT);
      // The button of a one-time code is listed as OTP or URL and always addressed as url.
      String expected = button.type() == Button.Type.OTP ? "URL" : button.type().name();
      if (!subType.equals(expected)) {
        throw refuse(
            ErrorCode.PARAMETER_FORMAT,
            "buttons: Button at index %d: expected %s, received %s"
                .formatted(index, expected, subType));
      }
      if (button.needsParameter() && value(sent.path("parameters").path(0)).isEmpty()) {
        throw refuse(
            ErrorCode.PARAMETER_MISSING,
            "buttons: Button at index %d of type %s requires a parameter"
                .formatted(index, title(button)));
      }
    }
    for (JsonNode component : components) {
      if (component.path("type").asText().equalsIgnoreCase("button")
          && component.path("index").asInt(-1) >= shape.buttons().size()) {
        throw refuse(
            ErrorCode.TEMPLATE_PARAMETERS,
            "buttons: There is no button at index " + component.path("index").asText());
      }
    }
  }

  private static String title(Button button) {
    String name = button.type().name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String value(JsonNode parameter) {
    return switch (parameter.path("type").asText()) {
      case "text" -> parameter.path("text").asText();
      case "payload" -> parameter.path("payload").asText();
      case "coupon_code" -> parameter.path("coupon_code").asText();
      default -> "";
    };
  }

  private @Nullable JsonNode sentButton(int index) {
    for (JsonNode component : components) {
      if (component.path("type").asText().equalsIgnoreCase("button")
          && component.path("index").asInt(-1) == index) {
        return component;
      }
    }
    return null;
  }

  /** What a tap on the first quick-reply button sends back. */
  @Nullable ButtonTap tap() {
    for (int index = 0; index < shape.buttons().size(); index++) {
      Button button = shape.buttons().get(index);
      if (button.type() == Button.Type.QUICK_REPLY) {
        JsonNode sent = sentButton(index);
        String payload = sent == null ? "" : value(sent.path("parameters").path(0));
        return new ButtonTap(payload.isEmpty() ? button.text() : payload, button.text());
      }
    }
    return null;
  }

  private static GraphException refuse(ErrorCode code, String details) {
    return new GraphException(code.answer(details));
  }
}
