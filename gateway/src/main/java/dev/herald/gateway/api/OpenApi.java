package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.gateway.docs.Contracts;
import dev.herald.gateway.docs.Schemas;
import io.javalin.http.HandlerType;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Describes the routes of the table (OpenAPI 3.1). Made from the table and the contracts
 * themselves, with their comments, so that it cannot say something else than the gateway does.
 */
final class OpenApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([A-Za-z]+)}");
  private static final String REQUEST_ID = "request_id";
  private static final String IF_NONE_MATCH = "#/components/parameters/IfNoneMatch";

  private final Contracts contracts;
  private final Schemas schemas;

  private OpenApi(Contracts contracts) {
    this.contracts = contracts;
    this.schemas = new Schemas(contracts);
  }

  /** The paths and schemas of these routes. */
  static ObjectNode describe(List<Route> table, Contracts contracts) {
    OpenApi description = new OpenApi(contracts);
    ObjectNode root = JSON.objectNode();
    ObjectNode paths = root.putObject("paths");
    for (Route route : table) {
      String path = Route.PREFIX + route.path();
      ObjectNode item = paths.get(path) instanceof ObjectNode known ? known : paths.putObject(path);
      item.set(route.verb().name().toLowerCase(Locale.ROOT), description.operation(route));
    }
    root.putObject("components").set("schemas", description.schemas.components());
    return root;
  }

  private ObjectNode operation(Route route) {
    ObjectNode operation = JSON.objectNode();
    String comment = contracts.comment(route.rpc().contract().getFullName());
    operation.put("operationId", operationId(route));
    operation.putArray("tags").add(tag(route));
    operation.put("summary", firstSentence(comment, route.rpc().name()));
    operation.put("description", (comment + "\n\n" + who(route)).strip());
    ArrayNode parameters = parameters(route);
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    body(route, operation);
    ObjectNode responses = operation.putObject("responses");
    responses.set("200", answer(route));
    if (hasTag(route)) {
      operation.withArrayProperty("parameters").addObject().put("$ref", IF_NONE_MATCH);
      responses.putObject("304").put("$ref", "#/components/responses/NotModified");
    }
    responses.putObject("default").put("$ref", "#/components/responses/Problem");
    if (route.rpc().requires().isEmpty()) {
      operation.putArray("security");
    }
    return operation;
  }

  private static String who(Route route) {
    return route
        .rpc()
        .requires()
        .map(role -> "Needs the role **" + role.claim() + "**.")
        .orElse("Needs no credentials.");
  }

  // One RPC may stand behind two routes.
  private static String operationId(Route route) {
    String name = route.rpc().name();
    boolean isCsv = route.path().endsWith(".csv");
    boolean isXlsx = route.path().endsWith(".xlsx");
    boolean isGetOfPost =
        route.verb().equals(HandlerType.GET)
            && !name.matches("(Get|List|Count|Watch|Export|Audit).*");
    String form = isCsv && !name.startsWith("Export") ? "Csv" : "";
    return name + form + (isXlsx ? "Xlsx" : "") + (isGetOfPost ? "ByGet" : "");
  }

  private static String tag(Route route) {
    return route.rpc().contract().getService().getName().replaceFirst("Service$", "");
  }

  private ArrayNode parameters(Route route) {
    ArrayNode parameters = JSON.arrayNode();
    Set<String> inPath = inPath(route);
    for (String name : inPath) {
      FieldDescriptor field = JsonRules.field(requestOf(route), name);
      ObjectNode parameter = parameters.addObject().put("name", name).put("in", "path");
      parameter.put("required", true);
      if (field == null) {
        parameter.set("schema", JSON.objectNode().put("type", "string"));
      } else {
        parameter.set("schema", schemas.property(field));
      }
    }
    if (takesRequestId(route)) {
      parameters.addObject().put("$ref", "#/components/parameters/IdempotencyKey");
    }
    if (takesVersion(route)) {
      parameters.addObject().put("$ref", "#/components/parameters/IfMatch");
    }
    if (!hasJsonBody(route)) {
      query(route, inPath, parameters);
    }
    return parameters;
  }

  private void query(Route route, Set<String> inPath, ArrayNode parameters) {
    if (route.handling() instanceof Route.Handling.Upload) {
      upload(parameters);
      return;
    }
    query(route.rpc().request(), "", inPath, parameters);
    if (route.handling() instanceof Route.Handling.Table) {
      ObjectNode parameter =
          parameters.addObject().put("name", RequestReader.FORMAT).put("in", "query");
      parameter.put("description", "csv: the whole list as a file.");
      parameter.putObject("schema").put("type", "string").putArray("enum").add("json").add("csv");
    }
  }

  private void upload(ArrayNode parameters) {
    Descriptor file = AudienceFile.getDescriptor();
    for (String name : List.of("default_region", "tags")) {
      FieldDescriptor field = file.findFieldByName(name);
      parameters
          .addObject()
          .put("name", field.getJsonName())
          .put("in", "query")
          .set("schema", schemas.property(field));
    }
  }

  private void query(Descriptor message, String prefix, Set<String> without, ArrayNode parameters) {
    for (FieldDescriptor field : message.getFields()) {
      String name = prefix + field.getJsonName();
      boolean isOwnMessage =
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              && field.getMessageType().getFullName().startsWith("herald.");
      if (without.contains(name) || field.getName().equals(REQUEST_ID)) {
        continue;
      }
      if (field.isMapField()) {
        ObjectNode parameter =
            parameters.addObject().put("name", name + ".{key}").put("in", "query");
        parameter.set("schema", JSON.objectNode().put("type", "string"));
      } else if (isOwnMessage) {
        query(field.getMessageType(), name + ".", without, parameters);
      } else {
        ObjectNode schema = schemas.property(field);
        ObjectNode parameter = parameters.addObject().put("name", name).put("in", "query");
        if (schema.remove("description") instanceof TextNode text) {
          parameter.set("description", text);
        }
        parameter.set("schema", schema);
      }
    }
  }

  private void body(Route route, ObjectNode operation) {
    if (route.handling() instanceof Route.Handling.Upload) {
      ObjectNode body = operation.putObject("requestBody").put("required", true);
      body.putObject("content").putObject("text/csv").putObject("schema").put("type", "string");
    } else if (hasJsonBody(route)) {
      Set<String> without = new HashSet<>();
      for (String name : inPath(route)) {
        FieldDescriptor field = JsonRules.field(route.rpc().request(), name);
        if (field != null) {
          without.add(field.getName());
        }
      }
      if (takesRequestId(route)) {
        without.add(REQUEST_ID);
      }
      operation
          .putObject("requestBody")
          .putObject("content")
          .putObject("application/json")
          .set("schema", schemas.object(route.rpc().request(), without));
    }
  }

  private ObjectNode answer(Route route) {
    ObjectNode response = JSON.objectNode().put("description", "The answer.");
    ObjectNode content = response.putObject("content");
    switch (route.handling()) {
      case Route.Handling.Export export ->
          content
              .putObject(export.export().contentType().replaceFirst(";.*", ""))
              .putObject("schema")
              .put("type", "string");
      case Route.Handling.Watch watch -> {
        response.put(
            "description",
            "Server-sent events named `%s`; their data is this object.".formatted(watch.event()));
        content.putObject("text/event-stream").set("schema", answerSchema(route, watch.answer()));
      }
      case Route.Handling.Forward forward -> json(content, route, forward.answer());
      case Route.Handling.Table list -> {
        json(content, route, list.answer());
        content.putObject("text/csv").putObject("schema").put("type", "string");
      }
      case Route.Handling.Own own -> json(content, route, own.answer());
      case Route.Handling.Open open -> json(content, route, new Answer.Whole());
      case Route.Handling.Upload upload ->
          json(content, route, new Answer.Resource(AudienceUpload.RESOURCE));
    }
    return response;
  }

  private void json(ObjectNode content, Route route, Answer answer) {
    content.putObject("application/json").set("schema", answerSchema(route, answer));
  }

  private ObjectNode answerSchema(Route route, Answer answer) {
    Descriptor message = route.rpc().answer();
    if (answer.resource().isEmpty()) {
      return answer.describe(schemas.object(message, Set.of()), schemas);
    }
    FieldDescriptor resource = ProtoJson.wrapped(message, answer.resource().get());
    ObjectNode rest = schemas.object(message, Set.of(resource.getName()));
    ObjectNode reference = schemas.reference(resource.getMessageType());
    if (rest.path("properties").isEmpty()) {
      return reference;
    }
    ObjectNode both = JSON.objectNode();
    both.putArray("allOf").add(reference).add(rest);
    return both;
  }

  private static boolean hasJsonBody(Route route) {
    boolean hasBody =
        route.verb().equals(HandlerType.POST) || route.verb().equals(HandlerType.PATCH);
    return hasBody && !(route.handling() instanceof Route.Handling.Upload);
  }

  private static boolean takesRequestId(Route route) {
    return route.rpc().request().findFieldByName(REQUEST_ID) != null;
  }

  private static boolean takesVersion(Route route) {
    return route.rpc().request().findFieldByName(RequestReader.EXPECTED_VERSION) != null;
  }

  // JSON that is read; what is streamed is not known before it has ended.
  private static boolean hasTag(Route route) {
    return route.verb().equals(HandlerType.GET)
        && switch (route.handling()) {
          case Route.Handling.Forward forward -> true;
          case Route.Handling.Table table -> true;
          case Route.Handling.Own own -> true;
          case Route.Handling.Open open -> false;
          case Route.Handling.Watch watch -> false;
          case Route.Handling.Upload upload -> false;
          case Route.Handling.Export export -> false;
        };
  }

  private static Descriptor requestOf(Route route) {
    return route.handling() instanceof Route.Handling.Upload
        ? AudienceFile.getDescriptor()
        : route.rpc().request();
  }

  private static Set<String> inPath(Route route) {
    Set<String> names = new HashSet<>();
    Matcher matcher = PATH_PARAMETER.matcher(route.path());
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static String firstSentence(String comment, String fallback) {
    String line = comment.replace('\n', ' ');
    int end = line.indexOf(". ");
    String sentence = end < 0 ? line : line.substring(0, end);
    return sentence.isEmpty() ? fallback : sentence.replaceFirst("\\.$", "");
  }
}
