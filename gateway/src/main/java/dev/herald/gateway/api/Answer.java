package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.herald.gateway.docs.Schemas;
import java.util.Optional;

/** How the answer of an RPC becomes the JSON of a route. */
interface Answer {
  String VERSION_FIELD = "version";

  String json(Call call, Message answer);

  /** The field whose members stand at the top of the JSON, for the description of the route. */
  default Optional<String> resource() {
    return Optional.empty();
  }

  /** What this adds to the schema of the RPC's answer. */
  default ObjectNode describe(ObjectNode schema, Schemas schemas) {
    return schema;
  }

  /** The version of the resource that the answer wraps; 0 without one. */
  default long version(Message answer) {
    return resource()
        .map(name -> answer.getField(ProtoJson.wrapped(answer.getDescriptorForType(), name)))
        .map(resource -> version((Message) resource, VERSION_FIELD))
        .orElse(0L);
  }

  private static long version(Message resource, String name) {
    FieldDescriptor field = resource.getDescriptorForType().findFieldByName(name);
    return field != null && resource.getField(field) instanceof Long version ? version : 0;
  }

  /** The answer as it is. */
  record Whole() implements Answer {
    @Override
    public String json(Call call, Message answer) {
      return ProtoJson.print(answer);
    }
  }

  /** The resource that the answer wraps, with the answer's other fields beside it. */
  record Resource(String field) implements Answer {
    @Override
    public String json(Call call, Message answer) {
      return ProtoJson.print(answer, Optional.of(field));
    }

    @Override
    public Optional<String> resource() {
      return Optional.of(field);
    }
  }
}
