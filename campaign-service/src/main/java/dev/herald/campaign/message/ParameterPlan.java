package dev.herald.campaign.message;

import dev.herald.campaign.message.Content.RegularContent;
import dev.herald.campaign.message.Content.TemplateContent;
import dev.herald.campaign.template.Placeholder;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateCategory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says for every placeholder of a content where its value comes from. A placeholder without a
 * binding takes the column of its own key, or of its own name; failing that, the columns that are
 * neither phone nor name, nor taken otherwise, in their order. A media header never takes a column
 * by its place: what happens to stand there is hardly ever a link.
 */
public final class ParameterPlan {
  private static final int MAX_TEMPLATE_VALUE = 1024;

  private final Map<String, Source> sources;
  private final List<String> unfilled;
  private final boolean template;

  private ParameterPlan(Map<String, Source> sources, List<String> unfilled, boolean template) {
    this.sources = sources;
    this.unfilled = List.copyOf(unfilled);
    this.template = template;
  }

  /**
   * What is wrong with one recipient's values.
   *
   * @param column the column at fault
   * @param reason PARAMETER_MISSING, VALUE_TOO_LONG, VALUE_NOT_ALLOWED or MEDIA_INVALID
   */
  public record Flaw(String column, String reason, String message) {}

  public static ParameterPlan of(TemplateContent content, Template template, Columns columns) {
    Map<String, Binding> bindings = new HashMap<>();
    content.bindings().forEach(binding -> bindings.put(binding.placeholder(), binding));
    Map<String, Source> sources = new java.util.LinkedHashMap<>();
    List<Placeholder> open = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    for (Placeholder placeholder : template.placeholders()) {
      Binding bound = bindings.get(placeholder.key());
      Source source =
          bound != null && bound.track()
              ? link(content, bound)
              : explicit(placeholder, bound, columns);
      if (source == null) {
        open.add(placeholder);
      } else {
        sources.put(placeholder.key(), source);
        if (source instanceof Source.Parameter parameter) {
          taken.add(parameter.index());
        }
      }
    }
    List<String> unfilled = new ArrayList<>();
    int next = 0;
    for (Placeholder placeholder : open) {
      Binding binding = bindings.get(placeholder.key());
      Source code =
          template.category() == TemplateCategory.AUTHENTICATION
                  && placeholder.key().startsWith("button.")
              ? sources.get("body.1")
              : null;
      while (taken.contains(next)) {
        next++;
      }
      if (code != null) {
        // A one-time password stands in the text and behind the button: it is the same value.
        sources.put(placeholder.key(), code);
      } else if (binding == null
          && !placeholder.key().equals(Template.MEDIA)
          && next < columns.parameters().size()) {
        sources.put(
            placeholder.key(), new Source.Parameter(columns.parameters().get(next), next, ""));
        next++;
      } else if (binding != null && !binding.fallback().isEmpty()) {
        sources.put(placeholder.key(), new Source.Constant(binding.fallback()));
      } else {
        unfilled.add(placeholder.key());
      }
    }
    return new ParameterPlan(sources, unfilled, true);
  }

  public static ParameterPlan of(RegularContent content, Columns columns) {
    Map<String, Source> sources = new java.util.LinkedHashMap<>();
    List<String> unfilled = new ArrayList<>();
    for (String name : Placeholder.in(content.text())) {
      Source source = column(name, "", columns);
      if (source == null) {
        unfilled.add(name);
      } else {
        sources.put(name, source);
      }
    }
    return new ParameterPlan(sources, unfilled, false);
  }

  private static Source link(TemplateContent content, Binding tracked) {
    int index = content.bindings().stream().filter(Binding::track).toList().indexOf(tracked);
    return new Source.Link(tracked.text(), index, tracked.placeholder().startsWith("button."));
  }

  private static @Nullable Source explicit(
      Placeholder placeholder, @Nullable Binding binding, Columns columns) {
    if (binding == null) {
      Source own = column(placeholder.key(), "", columns);
      // A bare number is no column's name by intention.
      boolean worded = !placeholder.name().chars().allMatch(Character::isDigit);
      return own == null && worded ? column(placeholder.name(), "", columns) : own;
    }
    return binding.isConstant()
        ? new Source.Constant(binding.text())
        : column(binding.column(), binding.fallback(), columns);
  }

  private static @Nullable Source column(String name, String fallback, Columns columns) {
    if (Columns.isPhone(name)) {
      return new Source.Phone();
    }
    if (Columns.isName(name)) {
      return new Source.Name(fallback);
    }
    int index = columns.indexOf(name);
    return index < 0
        ? null
        : new Source.Parameter(columns.parameters().get(index), index, fallback);
  }

  /** Placeholders that no column can fill: the campaign cannot be launched. */
  public List<String> unfilled() {
    return unfilled;
  }

  /** What is wrong with a value that is the same for all recipients, if anything. */
  public Optional<Flaw> constantFlaw() {
    return sources.entrySet().stream()
        .filter(entry -> template && entry.getValue() instanceof Source.Constant)
        .flatMap(
            entry -> flaw(entry.getKey(), "", ((Source.Constant) entry.getValue()).text()).stream())
        .findFirst();
  }

  /** Columns that every recipient must have a value in, by position. */
  public List<Integer> requiredParameters() {
    return sources.values().stream()
        .filter(Source.Parameter.class::isInstance)
        .map(Source.Parameter.class::cast)
        .filter(parameter -> parameter.fallback().isEmpty())
        .map(Source.Parameter::index)
        .distinct()
        .toList();
  }

  /** True if every recipient needs a name. */
  public boolean requiresName() {
    return sources.values().stream()
        .anyMatch(source -> source instanceof Source.Name name && name.fallback().isEmpty());
  }

  /** The value of a placeholder; "" if the recipient has none. */
  public String value(String placeholder, Values values) {
    Source source = sources.get(placeholder);
    return source == null ? "" : source.value(values);
  }

  /** What is wrong with a recipient, if anything. */
  public Optional<Flaw> flaw(Values values) {
    for (Map.Entry<String, Source> entry : sources.entrySet()) {
      String value = entry.getValue().value(values);
      String column = entry.getValue().column();
      if (value.isEmpty()) {
        return Optional.of(
            new Flaw(
                column, "PARAMETER_MISSING", "The value for " + entry.getKey() + " is missing."));
      }
      if (template) {
        Optional<Flaw> flaw = flaw(entry.getKey(), column, value);
        if (flaw.isPresent()) {
          return flaw;
        }
      }
    }
    return Optional.empty();
  }

  // WhatsApp refuses the whole message for these.
  private static Optional<Flaw> flaw(String placeholder, String column, String value) {
    if (placeholder.equals(Template.MEDIA) && !Media.isLink(value) && !Media.isId(value)) {
      return Optional.of(
          new Flaw(
              column,
              "MEDIA_INVALID",
              "The header's media must be an address that begins with https://, or the id of an"
                  + " uploaded file."));
    }
    if (value.length() > MAX_TEMPLATE_VALUE) {
      return Optional.of(
          new Flaw(
              column,
              "VALUE_TOO_LONG",
              "The value for "
                  + placeholder
                  + " has more than "
                  + MAX_TEMPLATE_VALUE
                  + " characters."));
    }
    if (value.indexOf('\n') >= 0
        || value.indexOf('\r') >= 0
        || value.indexOf('\t') >= 0
        || value.contains("     ")) {
      return Optional.of(
          new Flaw(
              column,
              "VALUE_NOT_ALLOWED",
              "The value for "
                  + placeholder
                  + " has a line break, a tab or more than four spaces in a row, which WhatsApp"
                  + " refuses."));
    }
    return Optional.empty();
  }
}
