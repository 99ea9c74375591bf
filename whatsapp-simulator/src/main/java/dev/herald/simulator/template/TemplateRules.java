package dev.herald.simulator.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.error.GraphError;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Meta checks at once when a template is created or edited; the rest is left to review. */
public final class TemplateRules {
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,512}");
  private static final Set<String> CATEGORIES = Set.of("MARKETING", "UTILITY", "AUTHENTICATION");
  private static final int MOST_BODY = 1024;
  private static final int MOST_HEADER_OR_FOOTER = 60;
  private static final int MOST_BUTTONS = 10;
  private static final int VARIABLE_AT_EDGE = 2388299;
  private static final int TOO_MANY_VARIABLES = 2388293;
  private static final int FEWEST_CHARACTERS_PER_VARIABLE = 3;

  private TemplateRules() {}

  /** The error Meta answers, if there is one. */
  public static Optional<GraphError> check(JsonNode template) {
    if (!NAME.matcher(template.path("name").asText()).matches()) {
      return Optional.of(
          GraphError.parameter(
              "Param name must be lower-case letters, digits and underscores, at most 512."));
    }
    if (template.path("language").asText().isEmpty()) {
      return Optional.of(GraphError.parameter("The parameter language is required."));
    }
    String category = template.path("category").asText().toUpperCase(Locale.ROOT);
    if (!CATEGORIES.contains(category)) {
      return Optional.of(
          GraphError.parameter(
              "Param category must be one of {AUTHENTICATION, MARKETING, UTILITY} - got \""
                  + category
                  + "\"."));
    }
    boolean hasBody = false;
    for (JsonNode component : template.path("components")) {
      Optional<GraphError> error = component(component);
      if (error.isPresent()) {
        return error;
      }
      hasBody |= type(component).equals("BODY");
    }
    return hasBody
        ? Optional.empty()
        : Optional.of(
            GraphError.parameter("Param components must contain a component of type BODY."));
  }

  private static Optional<GraphError> component(JsonNode component) {
    String text = component.path("text").asText();
    return switch (type(component)) {
      case "BODY" -> body(text);
      case "HEADER" -> {
        if (Variables.in(text).size() > 1) {
          yield Optional.of(GraphError.parameter("A header may have at most one variable."));
        }
        yield limited("header", text);
      }
      case "FOOTER" -> limited("footer", text);
      case "BUTTONS" ->
          component.path("buttons").size() > MOST_BUTTONS
              ? Optional.of(GraphError.parameter("A template may have at most 10 buttons."))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<GraphError> body(String text) {
    if (text.codePointCount(0, text.length()) > MOST_BODY) {
      return Optional.of(
          GraphError.parameter("The body may have at most " + MOST_BODY + " characters."));
    }
    if (Variables.startsOrEndsWithOne(text)) {
      return Optional.of(
          refused(VARIABLE_AT_EDGE, "Variables can't be at the start or end of the template."));
    }
    int variables = Variables.in(text).size();
    if (variables * FEWEST_CHARACTERS_PER_VARIABLE > Variables.fixedLength(text)) {
      return Optional.of(
          refused(TOO_MANY_VARIABLES, "This template has too many variables for its length."));
    }
    return Optional.empty();
  }

  private static Optional<GraphError> limited(String where, String text) {
    return text.codePointCount(0, text.length()) > MOST_HEADER_OR_FOOTER
        ? Optional.of(GraphError.parameter("The " + where + " may have at most 60 characters."))
        : Optional.empty();
  }

  private static GraphError refused(int subcode, String details) {
    return new GraphError(400, 100, subcode, "OAuthException", "Invalid parameter", details);
  }

  private static String type(JsonNode component) {
    return component.path("type").asText().toUpperCase(Locale.ROOT);
  }
}
