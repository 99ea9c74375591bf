package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory.OwnedTemplate;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateRules;
import dev.herald.simulator.template.TemplateStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code /{waba_id}/message_templates} and {@code /{template_id}}. */
final class TemplateEndpoint {
  private static final String NODE = "WhatsAppMessageTemplate";
  private static final List<String> DEFAULT_FIELDS =
      List.of("name", "parameter_format", "components", "language", "status", "category");
  private static final int DEFAULT_LIMIT = 25;
  private static final int MOST = 1000;
  private static final int NOT_FOUND = 404;

  private final TemplateLifecycle lifecycle;

  TemplateEndpoint(TemplateLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  void list(Exchange exchange, BusinessAccount account) {
    Map<String, String> query = exchange.query();
    Fields fields = Fields.of(query.get("fields"));
    List<Template> matching =
        account.templates().all().stream().filter(template -> matches(template, query)).toList();
    int limit = limit(query.get("limit"));
    int from = 0;
    int to = Math.min(matching.size(), limit);
    if (query.containsKey("after")) {
      from = position(matching, query.get("after")) + 1;
      to = Math.min(matching.size(), from + limit);
    } else if (query.containsKey("before")) {
      to = position(matching, query.get("before"));
      from = Math.max(0, to - limit);
    }
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    List<Template> page = matching.subList(from, to);
    page.forEach(template -> data.add(fields.of(template.json(), NODE, DEFAULT_FIELDS)));
    if (!page.isEmpty()) {
      ObjectNode paging = answer.putObject("paging");
      String before = cursor(page.getFirst());
      String after = cursor(page.getLast());
      paging.putObject("cursors").put("before", before).put("after", after);
      if (to < matching.size()) {
        paging.put("next", link(exchange, query, "after", after));
      }
      if (from > 0) {
        paging.put("previous", link(exchange, query, "before", before));
      }
    }
    GraphAnswers.ok(exchange, answer);
  }

  private static boolean matches(Template template, Map<String, String> query) {
    return equal(query.get("name"), template.name())
        && equal(query.get("language"), template.language())
        && equal(upper(query.get("status")), template.status().name())
        && equal(upper(query.get("category")), template.category().name())
        && contains(query.get("name_or_content"), template);
  }

  private static boolean equal(@Nullable String wanted, String value) {
    return wanted == null || wanted.equals(value);
  }

  private static @Nullable String upper(@Nullable String text) {
    return text == null ? null : text.toUpperCase(Locale.ROOT);
  }

  private static boolean contains(@Nullable String wanted, Template template) {
    return wanted == null
        || template.name().contains(wanted)
        || template.components().toString().contains(wanted);
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit > 0) {
        return Math.min(limit, MOST);
      }
    } catch (NumberFormatException e) {
      // Answered below, like a limit of 0.
    }
    throw new GraphException(GraphError.parameter("Param limit must be a positive integer."));
  }

  private static String cursor(Template template) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(template.id().getBytes(StandardCharsets.UTF_8));
  }

  private static int position(List<Template> templates, @Nullable String cursor) {
    for (int i = 0; i < templates.size(); i++) {
      if (cursor(templates.get(i)).equals(cursor)) {
        return i;
      }
    }
    throw new GraphException(ErrorCode.CURSOR_INVALID.answer());
  }

  private static String link(
      Exchange exchange, Map<String, String> query, String parameter, String cursor) {
    Map<String, String> parameters = new TreeMap<>(query);
    parameters.remove("after");
    parameters.remove("before");
    parameters.put(parameter, cursor);
    return parameters.entrySet().stream()
        .map(
            entry ->
                entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&", exchange.origin() + exchange.path() + "?", ""));
  }

  void create(Exchange exchange, BusinessAccount account, JsonNode body) {
    String name = body.path("name").asText();
    String language = body.path("language").asText();
    TemplateRules.check(body).ifPresent(TemplateEndpoint::refuse);
    if (account.templates().find(name, language).isPresent()) {
      refuse(
          new GraphError(
              400,
              100,
              2388024,
              "OAuthException",
              "Invalid parameter",
              "There is already " + language + " content for this template"));
    }
    ObjectNode definition = body.deepCopy();
    definition.put("status", TemplateStatus.PENDING.name());
    Template created = account.templates().define(definition).getFirst();
    lifecycle.review(account, created);
    GraphAnswers.ok(
        exchange,
        Json.object()
            .put("id", created.id())
            .put("status", "PENDING")
            .put("category", created.category().name()));
  }

  void delete(Exchange exchange, BusinessAccount account) {
    Map<String, String> query = exchange.query();
    String name = query.get("name");
    String id = query.get("hsm_id");
    if (name == null) {
      throw new GraphException(GraphError.parameter("The parameter name is required."));
    }
    List<Template> doomed =
        account.templates().all().stream()
            .filter(
                template ->
                    template.name().equals(name) && (id == null || id.equals(template.id())))
            .toList();
    if (doomed.isEmpty()) {
      refuse(
          new GraphError(
              NOT_FOUND,
              100,
              2593002,
              "OAuthException",
              "Invalid parameter",
              "Message template was not found"));
    }
    doomed.forEach(template -> lifecycle.delete(account, template));
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }

  void get(Exchange exchange, OwnedTemplate owned) {
    Fields fields = Fields.of(exchange.query().get("fields"));
    GraphAnswers.ok(exchange, fields.of(owned.template().json(), NODE, DEFAULT_FIELDS));
  }

  /** Edits the content, which goes through review again. */
  void edit(Exchange exchange, OwnedTemplate owned, JsonNode body) {
    JsonNode components = body.path("components");
    if (!components.isArray()) {
      throw new GraphException(GraphError.parameter("The parameter components is required."));
    }
    Template template = owned.template();
    ObjectNode edited = template.json();
    edited.set("components", components);
    TemplateRules.check(edited).ifPresent(TemplateEndpoint::refuse);
    Optional<Template> changed =
        owned
            .account()
            .templates()
            .change(
                template.name(),
                template.language(),
                old -> old.withComponents(components).withStatus(TemplateStatus.PENDING, "NONE"));
    changed.ifPresent(now -> lifecycle.review(owned.account(), now));
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }

  private static void refuse(GraphError error) {
    throw new GraphException(error);
  }
}
