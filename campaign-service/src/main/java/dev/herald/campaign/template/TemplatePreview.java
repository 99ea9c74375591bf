package dev.herald.campaign.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A template as a person will see it.
 *
 * @param missing placeholders without a value; their example is shown
 */
public record TemplatePreview(List<Component> components, List<String> missing) {

  /**
   * @param values by placeholder key
   */
  public static TemplatePreview of(Template template, Map<String, String> values) {
    Map<String, String> examples = new java.util.HashMap<>();
    List<String> missing = new ArrayList<>();
    for (Placeholder placeholder : template.placeholders()) {
      String value = values.getOrDefault(placeholder.key(), "");
      if (value.isEmpty()) {
        missing.add(placeholder.key());
        examples.put(
            placeholder.key(),
            placeholder.example().isEmpty()
                ? "{{" + placeholder.name() + "}}"
                : placeholder.example());
      } else {
        examples.put(placeholder.key(), value);
      }
    }
    List<Component> filled = new ArrayList<>();
    int button = 0;
    for (Component component : template.components()) {
      filled.add(fill(component, button, examples));
      button += component.kind() == Component.Kind.BUTTON ? 1 : 0;
    }
    return new TemplatePreview(List.copyOf(filled), List.copyOf(missing));
  }

  private static Component fill(Component component, int button, Map<String, String> values) {
    return switch (component.kind()) {
      case HEADER ->
          component.isMediaHeader()
              ? with(component, component.text(), values.getOrDefault(Template.MEDIA, ""))
              : with(component, texts(component, "header.", values), component.url());
      case BODY -> with(component, texts(component, "body.", values), component.url());
      case BUTTON -> {
        String value = values.getOrDefault("button." + button + ".1", "");
        yield with(
            component,
            component.text(),
            component.format().equals("COPY_CODE")
                ? value
                : Placeholder.fill(component.url(), name -> value));
      }
      case FOOTER, UNKNOWN -> component;
    };
  }

  private static String texts(Component component, String prefix, Map<String, String> values) {
    return Placeholder.fill(component.text(), name -> values.getOrDefault(prefix + name, ""));
  }

  private static Component with(Component component, String text, String url) {
    return new Component(component.kind(), component.format(), text, url, component.examples());
  }
}
