package dev.herald.gateway.admin;

import com.google.protobuf.MessageOrBuilder;
import dev.herald.gateway.api.ProtoJson;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;

/** Says what was found: in words, or as one JSON object a line. */
record Printer(PrintStream out, BooleanSupplier asJson) {

  void print(MessageOrBuilder message, String words) {
    out.println(asJson.getAsBoolean() ? ProtoJson.print(message) : words);
  }

  /** For answers that are more than one message. */
  void print(String json, String words) {
    out.println(asJson.getAsBoolean() ? json : words);
  }

  /** What only people want to read. */
  void remark(String words) {
    if (!asJson.getAsBoolean()) {
      out.println(words);
    }
  }

  /** An object of two texts. */
  static String json(String name, String value, String other, String otherValue) {
    return "{%s:%s,%s:%s}"
        .formatted(quoted(name), quoted(value), quoted(other), quoted(otherValue));
  }

  private static String quoted(String text) {
    return ProtoJson.print(com.google.protobuf.StringValue.of(text));
  }
}
