package dev.herald.gateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Holds answers against the description of the API: what is not described must not be answered. */
public final class Described {
  private final JsonNode api;

  public Described(JsonNode api) {
    this.api = api;
  }

  /** What differs between an answer and its description; empty if nothing does. */
  public List<String> differences(String verb, String path, Answer answer) {
    JsonNode operation = operation(verb, path);
    if (operation.isMissingNode()) {
      return List.of(verb + " " + path + " is not described");
    }
    JsonNode response =
        resolved(operation.path("responses").path(Integer.toString(answer.status())));
    if (response.isMissingNode()) {
      response = resolved(operation.path("responses").path("default"));
    }
    String type = answer.header("Content-Type").replaceFirst(";.*", "");
    JsonNode schema = response.path("content").path(type).path("schema");
    if (schema.isMissingNode()) {
      return answer.bytes().length == 0 && !response.has("content")
          ? List.of()
          : List.of(verb + " " + path + " " + answer.status() + " does not describe " + type);
    }
    List<String> differences = new ArrayList<>();
    if (type.endsWith("json")) {
      check(answer.json(), schema, "$", differences);
    }
    return differences;
  }

  /** Whether the description has an operation at this address. */
  public boolean has(String verb, String path) {
    return !operation(verb, path).isMissingNode();
  }

  private JsonNode operation(String verb, String path) {
    String plain = path.replaceFirst("\\?.*", "");
    JsonNode found = MissingNode.getInstance();
    int fewestParameters = Integer.MAX_VALUE;
    for (Map.Entry<String, JsonNode> entry : api.path("paths").properties()) {
      String pattern =
          Pattern.quote(entry.getKey()).replaceAll("\\{[A-Za-z]+}", "\\\\E[^/:]+?\\\\Q");
      int parameters = entry.getKey().split("\\{", -1).length;
      JsonNode operation = entry.getValue().path(verb.toLowerCase(Locale.ROOT));
      if (plain.matches(pattern) && !operation.isMissingNode() && parameters < fewestParameters) {
        found = operation;
        fewestParameters = parameters;
      }
    }
    return found;
  }

  private void check(JsonNode value, JsonNode given, String path, List<String> differences) {
    JsonNode schema = resolved(given);
    if (schema.has("allOf")) {
      checkAll(value, schema.path("allOf"), path, differences);
      return;
    }
    switch (schema.path("type").asText()) {
      case "object" -> object(value, List.of(schema), path, differences);
      case "array" -> {
        if (!value.isArray()) {
          differences.add(path + " is no list");
        }
        for (int i = 0; i < value.size(); i++) {
          check(value.get(i), schema.path("items"), path + "[" + i + "]", differences);
        }
      }
      case "string" -> {
        if (!value.isTextual()) {
          differences.add(path + " is no text: " + value);
        } else if (schema.has("enum") && !contains(schema.path("enum"), value)) {
          differences.add(path + " is none of the values: " + value);
        }
      }
      case "integer" -> expect(value.isIntegralNumber(), value, path, differences);
      case "number" -> expect(value.isNumber(), value, path, differences);
      case "boolean" -> expect(value.isBoolean(), value, path, differences);
      default -> {}
    }
  }

  private void checkAll(JsonNode value, JsonNode parts, String path, List<String> differences) {
    List<JsonNode> schemas = new ArrayList<>();
    parts.forEach(part -> schemas.add(resolved(part)));
    object(value, schemas, path, differences);
  }

  private void object(
      JsonNode value, List<JsonNode> schemas, String path, List<String> differences) {
    if (!value.isObject()) {
      differences.add(path + " is no object: " + value);
      return;
    }
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      JsonNode described = MissingNode.getInstance();
      for (JsonNode schema : schemas) {
        JsonNode property = schema.path("properties").path(member.getKey());
        JsonNode any = schema.path("additionalProperties");
        if (!property.isMissingNode()) {
          described = property;
        } else if (any.isObject()) {
          described = any;
        }
      }
      boolean free = schemas.stream().noneMatch(schema -> schema.has("properties"));
      if (described.isMissingNode() && !free) {
        differences.add(path + "." + member.getKey() + " is not described");
      } else if (!described.isMissingNode()) {
        check(member.getValue(), described, path + "." + member.getKey(), differences);
      }
    }
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? api.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static void expect(boolean fits, JsonNode value, String path, List<String> differences) {
    if (!fits) {
      differences.add(path + " has another type: " + value);
    }
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode element : list) {
      if (element.equals(value)) {
        return true;
      }
    }
    return false;
  }
}
