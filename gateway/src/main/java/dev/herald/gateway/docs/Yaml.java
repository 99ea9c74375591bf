package dev.herald.gateway.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes a JSON tree as YAML that people can read: blocks, and texts of several lines as such. */
final class Yaml {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/$][A-Za-z0-9_./{}$-]*");
  private static final Pattern AMBIGUOUS =
      Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|~");

  private final StringBuilder out = new StringBuilder();

  private Yaml() {}

  static String write(JsonNode tree) {
    Yaml yaml = new Yaml();
    yaml.members(tree, 0);
    return yaml.out.toString();
  }

  private void members(JsonNode object, int depth) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      indent(depth);
      out.append(scalar(member.getKey())).append(':');
      value(member.getValue(), depth + 1);
    }
  }

  private void value(JsonNode value, int depth) {
    if (value.isObject() && !value.isEmpty()) {
      out.append('\n');
      members(value, depth);
    } else if (value.isArray() && !value.isEmpty()) {
      out.append('\n');
      for (JsonNode element : value) {
        element(element, depth);
      }
    } else if (value.isTextual() && value.asText().contains("\n")) {
      out.append(" |-\n");
      for (String line : value.asText().split("\n", -1)) {
        if (!line.isEmpty()) {
          indent(depth);
        }
        out.append(line).append('\n');
      }
    } else {
      out.append(' ').append(value.isTextual() ? scalar(value.asText()) : value).append('\n');
    }
  }

  private void element(JsonNode element, int depth) {
    indent(depth);
    out.append('-');
    if (element.isObject() && !element.isEmpty()) {
      // The first member stands beside the dash, the others below it.
      String before = out.toString();
      out.setLength(0);
      members(element, depth + 1);
      String block = out.toString().substring((depth + 1) * 2);
      out.setLength(0);
      out.append(before).append(' ').append(block);
    } else {
      value(element, depth + 1);
    }
  }

  private void indent(int depth) {
    out.repeat("  ", depth);
  }

  // JSON's quoting is YAML's, too.
  private static String scalar(String text) {
    return PLAIN.matcher(text).matches() && !AMBIGUOUS.matcher(text).matches()
        ? text
        : TextNode.valueOf(text).toString();
  }
}
