package dev.herald.gateway.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The description of the API as a page for people: plain HTML, no scripts, nothing from elsewhere.
 */
final class DocsPage {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern STRONG = Pattern.compile("\\*\\*([^*]+)\\*\\*");
  private static final String SCHEMA_PREFIX = "#/components/schemas/";

  private final JsonNode api;
  private final StringBuilder html = new StringBuilder(256 * 1024);

  private record Operation(String verb, String path, JsonNode node) {
    String id() {
      return node.path("operationId").asText();
    }
  }

  private DocsPage(JsonNode api) {
    this.api = api;
  }

  static String of(JsonNode api) {
    return new DocsPage(api).page();
  }

  private String page() {
    Map<String, List<Operation>> byTag = byTag();
    html.append(
        """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Herald: HTTP API</title>
          <link rel="stylesheet" href="/docs/docs.css">
        </head>
        <body>
        <a class="skip" href="#content">Skip to the description</a>
        <div class="columns">
        """);
    navigation(byTag);
    html.append("<main id=\"content\">\n<h1>HTTP API</h1>\n");
    paragraphs(api.at("/info/description").asText());
    html.append("<p>The same for programs: <a href=\"/openapi.yaml\">openapi.yaml</a>.</p>\n");
    byTag.forEach(this::section);
    schemas();
    html.append("</main>\n</div>\n</body>\n</html>\n");
    return html.toString();
  }

  private Map<String, List<Operation>> byTag() {
    Map<String, List<Operation>> byTag = new LinkedHashMap<>();
    api.path("tags").forEach(tag -> byTag.put(tag.path("name").asText(), new ArrayList<>()));
    for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> verb : path.getValue().properties()) {
        Operation operation =
            new Operation(verb.getKey().toUpperCase(Locale.ROOT), path.getKey(), verb.getValue());
        byTag
            .computeIfAbsent(operation.node().at("/tags/0").asText(), tag -> new ArrayList<>())
            .add(operation);
      }
    }
    return byTag;
  }

  private void navigation(Map<String, List<Operation>> byTag) {
    html.append("<nav aria-label=\"Contents\">\n<a href=\"/\">Dashboard</a>\n");
    byTag.forEach(
        (tag, operations) -> {
          html.append("<h2>").append(escaped(tag)).append("</h2>\n<ul>\n");
          for (Operation operation : operations) {
            html.append("<li><a href=\"#")
                .append(operation.id())
                .append("\">")
                .append(escaped(operation.node().path("summary").asText()))
                .append("</a></li>\n");
          }
          html.append("</ul>\n");
        });
    html.append("</nav>\n");
  }

  private void section(String tag, List<Operation> operations) {
    html.append("<section>\n<h2>").append(escaped(tag)).append("</h2>\n");
    api.path("tags")
        .forEach(
            node -> {
              if (node.path("name").asText().equals(tag)) {
                paragraphs(node.path("description").asText());
              }
            });
    operations.forEach(this::operation);
    html.append("</section>\n");
  }

  private void operation(Operation operation) {
    JsonNode node = operation.node();
    html.append("<article id=\"").append(operation.id()).append("\">\n<h3>");
    html.append(escaped(node.path("summary").asText())).append("</h3>\n<p class=\"path\">");
    html.append("<span class=\"verb\">").append(operation.verb()).append("</span> ");
    html.append(escaped(operation.path())).append("</p>\n");
    paragraphs(node.path("description").asText());
    parameters(node.path("parameters"));
    for (Map.Entry<String, JsonNode> body : node.at("/requestBody/content").properties()) {
      schemaTable("Body (" + body.getKey() + ")", body.getValue().path("schema"));
    }
    for (Map.Entry<String, JsonNode> body : node.at("/responses/200/content").properties()) {
      schemaTable("Answer (" + body.getKey() + ")", body.getValue().path("schema"));
    }
    html.append("</article>\n");
  }

  private void parameters(JsonNode parameters) {
    if (parameters.isEmpty()) {
      return;
    }
    table("Parameters");
    for (JsonNode given : parameters) {
      JsonNode parameter =
          given.has("$ref") ? api.at(given.path("$ref").asText().substring(1)) : given;
      JsonNode schema = parameter.path("schema");
      String text =
          parameter.has("description")
              ? parameter.path("description").asText()
              : schema.path("description").asText();
      row(
          parameter.path("name").asText(),
          parameter.path("in").asText() + ", " + type(schema),
          text);
    }
    html.append("</tbody></table>\n");
  }

  private void schemaTable(String caption, JsonNode schema) {
    List<JsonNode> parts = new ArrayList<>();
    if (schema.has("allOf")) {
      schema.path("allOf").forEach(parts::add);
    } else {
      parts.add(schema);
    }
    table(caption);
    boolean any = false;
    for (JsonNode part : parts) {
      if (part.has("$ref")) {
        html.append("<tr><td colspan=\"3\">").append(type(part)).append("</td></tr>\n");
        any = true;
      }
      for (Map.Entry<String, JsonNode> property : part.path("properties").properties()) {
        row(
            property.getKey(),
            type(property.getValue()),
            property.getValue().path("description").asText());
        any = true;
      }
    }
    if (!any) {
      html.append("<tr><td colspan=\"3\">").append(type(schema)).append("</td></tr>\n");
    }
    html.append("</tbody></table>\n");
  }

  private void schemas() {
    html.append("<section>\n<h2>Objects</h2>\n");
    for (Map.Entry<String, JsonNode> entry : api.at("/components/schemas").properties()) {
      JsonNode schema = entry.getValue();
      html.append("<article id=\"schema-").append(escaped(entry.getKey())).append("\">\n<h3>");
      html.append(escaped(entry.getKey())).append("</h3>\n");
      if (schema.has("enum")) {
        values(schema);
      } else {
        paragraphs(schema.path("description").asText());
        schemaTable("Fields", schema);
      }
      html.append("</article>\n");
    }
    html.append("</section>\n");
  }

  private void values(JsonNode schema) {
    List<String> lines = schema.path("description").asText().lines().toList();
    lines.stream().filter(line -> !line.startsWith("- ")).forEach(this::paragraphs);
    html.append("<ul>\n");
    for (JsonNode value : schema.path("enum")) {
      String start = "- `" + value.asText() + "`:";
      String text =
          lines.stream()
              .filter(line -> line.startsWith(start))
              .map(line -> ": " + line.substring(start.length()).strip())
              .findFirst()
              .orElse("");
      html.append("<li><code>").append(escaped(value.asText())).append("</code>");
      html.append(inline(text)).append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private void table(String caption) {
    html.append("<table><caption>").append(escaped(caption));
    html.append("</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th>");
    html.append("<th scope=\"col\">Meaning</th></tr></thead><tbody>\n");
  }

  private void row(String name, String typeHtml, String text) {
    html.append("<tr><td><code>").append(escaped(name)).append("</code></td><td class=\"type\">");
    html.append(typeHtml).append("</td><td>");
    paragraphs(text);
    html.append("</td></tr>\n");
  }

  private static String type(JsonNode schema) {
    if (schema.has("$ref")) {
      String name = schema.path("$ref").asText().substring(SCHEMA_PREFIX.length());
      return "<a href=\"#schema-" + escaped(name) + "\">" + escaped(name) + "</a>";
    }
    if (schema.has("allOf")) {
      return type(schema.at("/allOf/0"));
    }
    return switch (schema.path("type").asText()) {
      case "array" -> "list of " + type(schema.path("items"));
      case "object" ->
          schema.has("additionalProperties")
              ? "map to " + type(schema.path("additionalProperties"))
              : "object";
      case "" -> "any";
      default -> {
        String format = schema.path("format").asText();
        yield escaped(schema.path("type").asText())
            + (format.isEmpty() ? "" : " (" + escaped(format) + ")");
      }
    };
  }

  private void paragraphs(String text) {
    for (String paragraph : text.split("\n\n")) {
      if (!paragraph.isBlank()) {
        html.append("<p>").append(inline(paragraph)).append("</p>\n");
      }
    }
  }

  private static String inline(String text) {
    String safe = escaped(text);
    String code = CODE.matcher(safe).replaceAll("<code>$1</code>");
    return STRONG.matcher(code).replaceAll("<strong>$1</strong>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
