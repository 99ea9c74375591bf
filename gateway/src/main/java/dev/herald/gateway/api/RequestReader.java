package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.RequestBody;
import dev.herald.runtime.HeraldException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Makes the request message of an RPC from an HTTP request: path parameters by name, the rest from
 * the JSON body or, where there is none, from the query.
 */
final class RequestReader {
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** Names the form of the answer where a route offers more than one. */
  static final String FORMAT = "format";

  private static final Duration BODY_DEADLINE = Duration.ofSeconds(20);
  private static final String REQUEST_ID_FIELD = "request_id";
  static final String EXPECTED_VERSION = "expected_version";
  private static final Pattern REQUEST_ID = Pattern.compile("[!-~]{1,128}");
  private static final Set<HandlerType> WITH_BODY = Set.of(HandlerType.POST, HandlerType.PATCH);

  private RequestReader() {}

  /** The request message of the route's RPC. */
  static Message read(Context ctx, Rpc rpc, int bodyLimit) throws IOException {
    ObjectNode tree =
        WITH_BODY.contains(ctx.method()) ? body(ctx, bodyLimit) : query(ctx, rpc.request());
    return complete(ctx, rpc, tree);
  }

  /** The same from the query, whatever the method: the body is something else. */
  static Message readQuery(Context ctx, Rpc rpc) {
    return complete(ctx, rpc, query(ctx, rpc.request()));
  }

  private static Message complete(Context ctx, Rpc rpc, ObjectNode tree) {
    ctx.pathParamMap().forEach((name, value) -> put(tree, name, value));
    idempotencyKey(ctx, rpc.request(), tree);
    condition(ctx, rpc.request(), tree);
    Message.Builder request = rpc.newRequest();
    ProtoJson.merge(tree, request);
    return request.build();
  }

  private static ObjectNode body(Context ctx, int limit) throws IOException {
    if (!ctx.queryParamMap().isEmpty()) {
      throw HeraldException.invalid(
          ctx.queryParamMap().keySet().iterator().next(),
          "PARAMETER_NOT_IN_BODY",
          "This route takes its parameters in the body, as JSON.");
    }
    byte[] body = RequestBody.read(ctx, limit, BODY_DEADLINE);
    if (body.length > 0 && !RequestBody.isOfType(ctx.contentType(), "application/json")) {
      throw HttpRefusal.mediaType("application/json");
    }
    return JsonTree.object(body);
  }

  // What the path says may be repeated in the body, but not contradicted.
  private static void put(ObjectNode tree, String name, String value) {
    JsonNode given = tree.get(name);
    if (given != null && !given.isNull() && !given.asText().equals(value)) {
      throw HeraldException.invalid(
          name, "PATH_CONTRADICTED", "The body says something else than the address.");
    }
    tree.put(name, value);
  }

  private static void idempotencyKey(Context ctx, Descriptor request, ObjectNode tree) {
    String given = ctx.header(IDEMPOTENCY_KEY);
    if (given != null && !REQUEST_ID.matcher(given).matches()) {
      throw HeraldException.invalid(
          IDEMPOTENCY_KEY,
          "IDEMPOTENCY_KEY_INVALID",
          "An Idempotency-Key has 1 to 128 printable ASCII characters.");
    }
    FieldDescriptor field = request.findFieldByName(REQUEST_ID_FIELD);
    if (field == null) {
      return;
    }
    JsonNode inBody = tree.has("requestId") ? tree.get("requestId") : tree.get(REQUEST_ID_FIELD);
    if (given != null) {
      if (inBody != null && !inBody.asText().isEmpty() && !inBody.asText().equals(given)) {
        throw HeraldException.invalid(
            "requestId",
            "IDEMPOTENCY_KEY_CONTRADICTED",
            "The body's requestId differs from the Idempotency-Key header.");
      }
      tree.remove(REQUEST_ID_FIELD);
      tree.put("requestId", given);
    } else if (inBody == null || inBody.asText().isEmpty()) {
      // So that the services always have one, and the caller can see which.
      String made = UUID.randomUUID().toString();
      tree.remove(REQUEST_ID_FIELD);
      tree.put("requestId", made);
      ctx.header(IDEMPOTENCY_KEY, made);
    }
  }

  // What a change depends on is the caller's protection: where we cannot keep to it, we say so.
  private static void condition(Context ctx, Descriptor request, ObjectNode tree) {
    if (ctx.method().equals(HandlerType.GET) || !EntityTags.isConditional(ctx)) {
      return;
    }
    if (request.findFieldByName(EXPECTED_VERSION) == null) {
      throw HeraldException.invalid(
          EntityTags.IF_MATCH, "IF_MATCH_NOT_SUPPORTED", "This route takes no If-Match.");
    }
    EntityTags.expectedVersion(ctx)
        .ifPresent(version -> put(tree, "expectedVersion", Long.toString(version)));
  }

  private static ObjectNode query(Context ctx, Descriptor request) {
    ObjectNode tree = JsonTree.MAPPER.createObjectNode();
    for (Map.Entry<String, List<String>> parameter : ctx.queryParamMap().entrySet()) {
      if (parameter.getKey().equals(FORMAT) && request.findFieldByName(FORMAT) == null) {
        requireFormat(parameter.getValue());
        continue;
      }
      put(tree, request, parameter.getKey(), parameter.getKey(), parameter.getValue());
    }
    return tree;
  }

  // "filter.buckets=BUCKET_READ&filter.attributes.city=Pune": a step into a message or a map's key.
  private static void put(
      ObjectNode tree, Descriptor message, String path, String whole, List<String> values) {
    int dot = path.indexOf('.');
    String name = dot < 0 ? path : path.substring(0, dot);
    FieldDescriptor field = JsonRules.field(message, name);
    if (field == null) {
      throw HeraldException.invalid(
          whole, "PARAMETER_UNKNOWN", "This route has no parameter of this name.");
    }
    if (field.isMapField() && dot > 0) {
      object(tree, name).put(path.substring(dot + 1), one(values, whole));
    } else if (dot > 0 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      put(object(tree, name), field.getMessageType(), path.substring(dot + 1), whole, values);
    } else if (field.isRepeated()) {
      ArrayNode list = tree.withArrayProperty(name);
      values.forEach(list::add);
    } else {
      tree.put(name, one(values, whole));
    }
  }

  private static void requireFormat(List<String> values) {
    if (!values.equals(List.of("json")) && !values.equals(List.of("csv"))) {
      throw HeraldException.invalid(FORMAT, "FORMAT_UNKNOWN", "The format is json or csv.");
    }
  }

  private static ObjectNode object(ObjectNode tree, String name) {
    return tree.get(name) instanceof ObjectNode known ? known : tree.putObject(name);
  }

  private static String one(List<String> values, String name) {
    if (values.size() != 1) {
      throw HeraldException.invalid(
          name, "PARAMETER_REPEATED", "This parameter can be given only once.");
    }
    return values.getFirst();
  }
}
