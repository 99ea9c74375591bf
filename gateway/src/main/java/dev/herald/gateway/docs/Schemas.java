package dev.herald.gateway.docs;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Set;
import java.util.TreeMap;

/**
 * Messages as JSON Schema, by the protobuf JSON mapping. Each message met is kept as a component.
 */
public final class Schemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PREFIX = "#/components/schemas/";

  private final Contracts contracts;
  private final TreeMap<String, ObjectNode> components = new TreeMap<>();

  public Schemas(Contracts contracts) {
    this.contracts = contracts;
  }

  /** All messages and enums met so far. */
  public ObjectNode components() {
    ObjectNode all = JSON.objectNode();
    components.forEach(all::set);
    return all;
  }

  /** A reference to the message, described on first sight. */
  public ObjectNode reference(Descriptor message) {
    return switch (message.getFullName()) {
      case "google.protobuf.Timestamp" ->
          JSON.objectNode().put("type", "string").put("format", "date-time");
      case "google.protobuf.Duration" ->
          JSON.objectNode()
              .put("type", "string")
              .put("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$")
              .put("example", "90s");
      default -> {
        String name = name(message.getFullName());
        if (!components.containsKey(name)) {
          // In its place before it is described: messages may contain themselves.
          components.put(name, JSON.objectNode());
          components.put(name, object(message, Set.of()));
        }
        yield JSON.objectNode().put("$ref", PREFIX + name);
      }
    };
  }

  /** The message written out, without some of its fields. */
  public ObjectNode object(Descriptor message, Set<String> without) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    describe(schema, message.getFullName());
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    for (FieldDescriptor field : message.getFields()) {
      if (!without.contains(field.getName())) {
        properties.set(field.getJsonName(), property(field));
        if (rules(field).getRequired()) {
          required.add(field.getJsonName());
        }
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  /** One field. */
  public ObjectNode property(FieldDescriptor field) {
    ObjectNode schema;
    if (field.isMapField()) {
      schema = JSON.objectNode().put("type", "object");
      FieldDescriptor value = field.getMessageType().findFieldByName("value");
      schema.set("additionalProperties", single(value, FieldRules.getDefaultInstance()));
    } else if (field.isRepeated()) {
      schema = JSON.objectNode().put("type", "array");
      FieldRules rules = rules(field);
      schema.set("items", single(field, rules.getRepeated().getItems()));
      if (rules.getRepeated().hasMinItems()) {
        schema.put("minItems", rules.getRepeated().getMinItems());
      }
      if (rules.getRepeated().hasMaxItems()) {
        schema.put("maxItems", rules.getRepeated().getMaxItems());
      }
    } else {
      schema = single(field, rules(field));
    }
    String comment = contracts.comment(field.getFullName());
    if (!comment.isEmpty()) {
      schema.put("description", comment);
    }
    return schema;
  }

  private ObjectNode single(FieldDescriptor field, FieldRules rules) {
    return switch (field.getJavaType()) {
      case MESSAGE -> reference(field.getMessageType());
      case ENUM -> reference(field.getEnumType());
      case BOOLEAN -> JSON.objectNode().put("type", "boolean");
      case INT -> integer(rules);
      case LONG ->
          JSON.objectNode()
              .put("type", "string")
              .put("format", "int64")
              .put("pattern", "^-?[0-9]{1,19}$");
      case FLOAT, DOUBLE -> JSON.objectNode().put("type", "number");
      case STRING -> string(rules);
      case BYTE_STRING -> JSON.objectNode().put("type", "string").put("contentEncoding", "base64");
    };
  }

  private static ObjectNode integer(FieldRules rules) {
    ObjectNode schema = JSON.objectNode().put("type", "integer").put("format", "int32");
    if (rules.getInt32().hasGte()) {
      schema.put("minimum", rules.getInt32().getGte());
    }
    if (rules.getInt32().hasLte()) {
      schema.put("maximum", rules.getInt32().getLte());
    }
    return schema;
  }

  private static ObjectNode string(FieldRules rules) {
    ObjectNode schema = JSON.objectNode().put("type", "string");
    if (rules.getString().hasMinLen()) {
      schema.put("minLength", rules.getString().getMinLen());
    }
    if (rules.getString().hasMaxLen()) {
      schema.put("maxLength", rules.getString().getMaxLen());
    }
    if (rules.getString().hasPattern()) {
      schema.put("pattern", rules.getString().getPattern());
    }
    return schema;
  }

  private ObjectNode reference(EnumDescriptor type) {
    String name = name(type.getFullName());
    if (!components.containsKey(name)) {
      ObjectNode schema = JSON.objectNode().put("type", "string");
      ArrayNode values = schema.putArray("enum");
      StringBuilder text = new StringBuilder(contracts.comment(type.getFullName()));
      for (EnumValueDescriptor value : type.getValues()) {
        values.add(value.getName());
        String comment =
            contracts.comment(type.getFullName() + "." + value.getName()).replace('\n', ' ');
        if (!comment.isEmpty()) {
          text.append("\n- `").append(value.getName()).append("`: ").append(comment);
        }
      }
      if (!text.isEmpty()) {
        schema.put("description", text.toString());
      }
      components.put(name, schema);
    }
    return JSON.objectNode().put("$ref", PREFIX + name);
  }

  private void describe(ObjectNode schema, String fullName) {
    String comment = contracts.comment(fullName);
    if (!comment.isEmpty()) {
      schema.put("description", comment);
    }
  }

  private static FieldRules rules(FieldDescriptor field) {
    return field.getOptions().getExtension(ValidateProto.field);
  }

  // herald.campaign.v1.Template.Status → campaign.Template.Status
  private static String name(String fullName) {
    return fullName.replaceFirst("^herald\\.", "").replaceFirst("\\.v1\\.", ".");
  }
}
