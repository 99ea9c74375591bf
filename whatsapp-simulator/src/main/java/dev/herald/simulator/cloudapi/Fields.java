package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code fields} parameter: which fields of a node are wanted. */
final class Fields {
  private final @Nullable List<String> wanted;

  private Fields(@Nullable List<String> wanted) {
    this.wanted = wanted;
  }

  static Fields of(@Nullable String parameter) {
    if (parameter == null || parameter.isBlank()) {
      return new Fields(null);
    }
    List<String> names = new ArrayList<>();
    for (String part : parameter.split(",", -1)) {
      // A field may carry arguments or fields of its own; what it is called stands before them.
      String name = part.strip().split("[.{(]", 2)[0];
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return new Fields(names);
  }

  /** The wanted fields of a node, its id always; an unknown field is an error, as at Meta. */
  ObjectNode of(ObjectNode whole, String nodeType, List<String> byDefault) {
    ObjectNode chosen = Json.object();
    for (String name : wanted == null ? byDefault : wanted) {
      if (!whole.has(name)) {
        throw new GraphException(
            GraphError.parameter(
                "Tried accessing nonexisting field ("
                    + name
                    + ") on node type ("
                    + nodeType
                    + ")"));
      }
      chosen.set(name, whole.get(name));
    }
    chosen.set("id", whole.get("id"));
    return chosen;
  }
}
