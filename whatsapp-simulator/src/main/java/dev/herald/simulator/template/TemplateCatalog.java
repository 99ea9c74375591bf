package dev.herald.simulator.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.MessageKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** The templates of one WhatsApp Business Account, by name and language, oldest first. */
public final class TemplateCatalog {
  private static final String DEFAULTS = "/dev/herald/simulator/templates.json";

  private record Key(String name, String language) {}

  private final Map<Key, Template> templates = new LinkedHashMap<>();
  private final AtomicLong nextId;

  /** {@code firstId} keeps the ids of several accounts apart. */
  public TemplateCatalog(long firstId) {
    nextId = new AtomicLong(firstId);
  }

  /**
   * The templates every account of the simulator starts with, as JSON in the form {@link #define}
   * takes.
   */
  public static JsonNode defaults() {
    try (InputStream in = TemplateCatalog.class.getResourceAsStream(DEFAULTS)) {
      if (in == null) {
        throw new IllegalStateException(DEFAULTS + " is missing from the program");
      }
      return Json.parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds or replaces every template of an array in the form the API lists them; status APPROVED
   * when none is given.
   */
  public synchronized List<Template> define(JsonNode definitions) {
    List<Template> defined = new ArrayList<>();
    for (JsonNode definition :
        definitions.isArray() ? definitions : Json.array().add(definitions)) {
      Template template = read(definition);
      templates.put(new Key(template.name(), template.language()), template);
      defined.add(template);
    }
    return defined;
  }

  private Template read(JsonNode definition) {
    String name = required(definition, "name");
    String language = required(definition, "language");
    String id =
        find(name, language)
            .map(Template::id)
            .orElseGet(() -> definition.path("id").asText(Long.toString(nextId.getAndIncrement())));
    TemplateStatus status = TemplateStatus.valueOf(upper(definition, "status", "APPROVED"));
    return Template.of(
        id,
        name,
        language,
        MessageKind.valueOf(upper(definition, "category", "MARKETING")),
        status,
        upper(definition, "parameter_format", "POSITIONAL").equals("NAMED"),
        definition.path("components"),
        upper(
            definition,
            "rejected_reason",
            status == TemplateStatus.REJECTED ? "INVALID_FORMAT" : "NONE"));
  }

  private static String required(JsonNode definition, String field) {
    String text = definition.path(field).asText();
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a template needs a " + field);
    }
    return text;
  }

  private static String upper(JsonNode definition, String field, String fallback) {
    return definition.path(field).asText(fallback).toUpperCase(Locale.ROOT);
  }

  public synchronized Optional<Template> find(String name, String language) {
    return Optional.ofNullable(templates.get(new Key(name, language)));
  }

  public synchronized Optional<Template> byId(String id) {
    return templates.values().stream().filter(template -> template.id().equals(id)).findFirst();
  }

  public synchronized List<Template> all() {
    return List.copyOf(templates.values());
  }

  /** Changes a template if it exists; returns it as it is now. */
  public synchronized Optional<Template> change(
      String name, String language, UnaryOperator<Template> change) {
    return Optional.ofNullable(
        templates.computeIfPresent(new Key(name, language), (key, old) -> change.apply(old)));
  }

  public synchronized void remove(Template template) {
    templates.remove(new Key(template.name(), template.language()));
  }
}
