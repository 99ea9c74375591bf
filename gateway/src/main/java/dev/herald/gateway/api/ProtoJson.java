package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.herald.runtime.HeraldException;
import java.util.Optional;

/** The protobuf JSON mapping as Herald uses it: every field printed, 64-bit integers as strings. */
public final class ProtoJson {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser();

  private ProtoJson() {}

  public static String print(MessageOrBuilder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("An answer cannot be written as JSON.", e);
    }
  }

  /** Fills a request from a tree. */
  static void merge(ObjectNode tree, Message.Builder request) {
    JsonRules.require(tree, request.getDescriptorForType());
    try {
      PARSER.merge(tree.toString(), request);
    } catch (InvalidProtocolBufferException e) {
      throw HeraldException.of(
          HeraldException.Kind.INVALID, "JSON_INVALID", String.valueOf(e.getMessage()));
    }
  }

  /**
   * An answer that wraps one resource, as that resource with the answer's other fields beside it.
   * An answer without the resource is printed as it is.
   */
  static String print(Message answer, Optional<String> resource) {
    if (resource.isEmpty()) {
      return print(answer);
    }
    FieldDescriptor field = wrapped(answer.getDescriptorForType(), resource.get());
    if (!answer.hasField(field)) {
      return print(answer);
    }
    String inner = print((Message) answer.getField(field));
    String rest = print(answer.toBuilder().clearField(field).build());
    return join(inner, rest);
  }

  static FieldDescriptor wrapped(Descriptor answer, String resource) {
    FieldDescriptor field = answer.findFieldByName(resource);
    if (field == null
        || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
        || field.isRepeated()) {
      throw new IllegalArgumentException(answer.getFullName() + " wraps no " + resource);
    }
    return field;
  }

  /** One object with the members of both; their names differ. */
  static String join(String one, String other) {
    if (other.equals("{}")) {
      return one;
    }
    if (one.equals("{}")) {
      return other;
    }
    return one.substring(0, one.length() - 1) + "," + other.substring(1);
  }
}
