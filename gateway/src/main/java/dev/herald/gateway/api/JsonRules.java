package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds a JSON tree against the message it is to become, and names every field that does not fit.
 * What passes here is what the protobuf JSON mapping takes; only the words of the errors are ours.
 */
final class JsonRules {
  private static final int MAX_VIOLATIONS = 20;
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,20}");

  private final List<FieldViolation> violations = new ArrayList<>();

  private JsonRules() {}

  /** Refuses a tree that does not fit the message. */
  static void require(JsonNode tree, Descriptor message) {
    JsonRules rules = new JsonRules();
    rules.message(tree, message, "");
    if (!rules.violations.isEmpty()) {
      FieldViolation first = rules.violations.getFirst();
      throw HeraldException.invalid(
          first.reason(), first.field() + ": " + first.message(), rules.violations);
    }
  }

  /** The field of this JSON name (or proto name), or null. */
  static @Nullable FieldDescriptor field(Descriptor message, String name) {
    for (FieldDescriptor field : message.getFields()) {
      if (field.getJsonName().equals(name) || field.getName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  private void message(JsonNode node, Descriptor message, String path) {
    if (message.getFullName().equals(Timestamp.getDescriptor().getFullName())) {
      timestamp(node, path);
    } else if (message.getFullName().equals(Duration.getDescriptor().getFullName())) {
      duration(node, path);
    } else if (!node.isObject()) {
      violation(path, "OBJECT_EXPECTED", "must be an object");
    } else {
      fields(node, message, path);
    }
  }

  private void fields(JsonNode node, Descriptor message, String path) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String fieldPath = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      FieldDescriptor field = field(message, entry.getKey());
      if (field == null) {
        violation(fieldPath, "FIELD_UNKNOWN", "is not a field of this request");
      } else if (!entry.getValue().isNull()) {
        field(entry.getValue(), field, fieldPath);
      }
    }
  }

  private void field(JsonNode node, FieldDescriptor field, String path) {
    if (field.isMapField()) {
      map(node, field, path);
    } else if (!field.isRepeated()) {
      value(node, field, path);
    } else if (!node.isArray()) {
      violation(path, "LIST_EXPECTED", "must be a list");
    } else {
      for (int i = 0; i < node.size() && violations.size() < MAX_VIOLATIONS; i++) {
        value(node.get(i), field, path + "[" + i + "]");
      }
    }
  }

  private void map(JsonNode node, FieldDescriptor field, String path) {
    if (!node.isObject()) {
      violation(path, "OBJECT_EXPECTED", "must be an object");
      return;
    }
    FieldDescriptor value = field.getMessageType().findFieldByName("value");
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String entryPath = path + "[\"" + entry.getKey() + "\"]";
      text(entry.getKey(), entryPath);
      value(entry.getValue(), value, entryPath);
    }
  }

  private void value(JsonNode node, FieldDescriptor field, String path) {
    switch (field.getJavaType()) {
      case MESSAGE -> message(node, field.getMessageType(), path);
      case ENUM -> enumeration(node, field, path);
      case BOOLEAN -> {
        boolean asText = node.isTextual() && node.asText().matches("true|false");
        if (!node.isBoolean() && !asText) {
          violation(path, "BOOLEAN_EXPECTED", "must be true or false");
        }
      }
      case INT -> integer(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LONG -> integer(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
      case FLOAT, DOUBLE -> {
        if (!node.isNumber()) {
          violation(path, "NUMBER_EXPECTED", "must be a number");
        }
      }
      case STRING -> {
        if (node.isTextual()) {
          text(node.asText(), path);
        } else {
          violation(path, "TEXT_EXPECTED", "must be a text in quotes");
        }
      }
      case BYTE_STRING -> {
        if (!node.isTextual()) {
          violation(path, "TEXT_EXPECTED", "must be base64 in quotes");
        }
      }
    }
  }

  // Only plain digits reach the mapping: it would expand 1e999999999 with all its zeros.
  private void integer(JsonNode node, String path, long min, long max) {
    String text = node.isIntegralNumber() || node.isTextual() ? node.asText() : "";
    if (INTEGER.matcher(text).matches()) {
      try {
        long value = Long.parseLong(text);
        if (value >= min && value <= max) {
          return;
        }
      } catch (NumberFormatException e) {
        // Twenty digits: answered below.
      }
    }
    violation(path, "INTEGER_EXPECTED", "must be a whole number from " + min + " to " + max);
  }

  private void enumeration(JsonNode node, FieldDescriptor field, String path) {
    if (!node.isTextual() || field.getEnumType().findValueByName(node.asText()) == null) {
      violation(path, "VALUE_UNKNOWN", "must be one of " + names(field));
    }
  }

  private void timestamp(JsonNode node, String path) {
    try {
      Timestamps.parse(node.isTextual() ? node.asText() : "");
    } catch (ParseException e) {
      violation(path, "TIME_INVALID", "must be a time such as 2026-11-02T09:30:00Z");
    }
  }

  private void duration(JsonNode node, String path) {
    try {
      Durations.parse(node.isTextual() ? node.asText() : "");
    } catch (ParseException e) {
      violation(path, "DURATION_INVALID", "must be a duration in seconds such as 90s");
    }
  }

  private void text(String text, String path) {
    if (text.indexOf('\0') >= 0 || hasLoneSurrogate(text)) {
      violation(path, "TEXT_NOT_STORABLE", "contains a character that cannot be stored");
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF);
  }

  private void violation(String path, String reason, String message) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(new FieldViolation(path, reason, message));
    }
  }

  private static String names(FieldDescriptor field) {
    return field.getEnumType().getValues().stream()
        .filter(value -> value.getNumber() != 0)
        .map(EnumValueDescriptor::getName)
        .collect(Collectors.joining(", "));
  }
}
