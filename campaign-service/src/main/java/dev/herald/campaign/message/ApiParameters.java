package dev.herald.campaign.message;

import dev.herald.campaign.message.Content.RegularContent;
import dev.herald.campaign.message.Content.TemplateContent;
import dev.herald.campaign.template.Placeholder;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateCategory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an API call must bring for one recipient: a value per placeholder, named by the placeholder
 * ("body.1"), by the column it is bound to, or by what stands between its braces. Values are
 * resolved when the call comes, and stored by placeholder.
 */
public final class ApiParameters {
  private final List<Wanted> wanted;

  /**
   * One value.
   *
   * @param key what it is stored by
   * @param names what a caller may call it, in order of preference
   * @param substitute the key whose value it takes when none is given; "" for none
   */
  private record Wanted(String key, List<String> names, String fallback, String substitute) {}

  private ApiParameters(List<Wanted> wanted) {
    this.wanted = List.copyOf(wanted);
  }

  static ApiParameters of(List<String> names) {
    return new ApiParameters(
        names.stream().map(name -> new Wanted(name, List.of(name), "", "")).toList());
  }

  public static ApiParameters of(RegularContent content) {
    return of(
        Placeholder.in(content.text()).stream()
            .filter(name -> !Columns.isName(name) && !Columns.isPhone(name))
            .toList());
  }

  public static ApiParameters of(TemplateContent content, Template template) {
    Map<String, Binding> bindings = new HashMap<>();
    content.bindings().forEach(binding -> bindings.put(binding.placeholder(), binding));
    List<Wanted> wanted = new ArrayList<>();
    for (Placeholder placeholder : template.placeholders()) {
      Binding binding = bindings.get(placeholder.key());
      if (binding != null && binding.isConstant()) {
        continue;
      }
      List<String> names = new ArrayList<>(List.of(placeholder.key()));
      if (binding != null) {
        names.add(binding.column());
      }
      // "1" of a button is not "1" of the body.
      if (placeholder.key().startsWith("body.") || !isNumber(placeholder.name())) {
        names.add(placeholder.name());
      }
      boolean code =
          template.category() == TemplateCategory.AUTHENTICATION
              && placeholder.key().startsWith("button.");
      wanted.add(
          new Wanted(
              placeholder.key(),
              names,
              binding == null ? "" : binding.fallback(),
              code ? "body.1" : ""));
    }
    return new ApiParameters(wanted);
  }

  private static boolean isNumber(String name) {
    return name.chars().allMatch(Character::isDigit);
  }

  /** The content as it is sent: only what is the same for everybody is still bound. */
  public static Content resolved(Content content) {
    return switch (content) {
      case TemplateContent template ->
          new TemplateContent(
              template.template(),
              template.bindings().stream().filter(Binding::isConstant).toList());
      case RegularContent regular -> regular;
    };
  }

  /** The columns of the audience: phone, name, and a column per value. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>(List.of(Columns.PHONE, Columns.NAME));
    wanted.forEach(value -> columns.add(value.key()));
    return columns;
  }

  /**
   * The values of one recipient, in the order of {@link #columns()}; null where none was given.
   *
   * @param given as the caller named them
   */
  public List<@Nullable String> resolve(String phone, String name, Map<String, String> given) {
    @Nullable String[] values = new @Nullable String[wanted.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(wanted.get(i), phone, name, given);
    }
    for (int i = 0; i < values.length; i++) {
      String substitute = wanted.get(i).substitute();
      if (values[i] == null && !substitute.isEmpty()) {
        values[i] = values[indexOf(substitute)];
      }
    }
    return Arrays.asList(values);
  }

  private static @Nullable String value(
      Wanted wanted, String phone, String name, Map<String, String> given) {
    for (String key : wanted.names()) {
      String value = given.getOrDefault(key, "").strip();
      if (value.isEmpty() && Columns.isName(key)) {
        value = name;
      }
      if (Columns.isPhone(key)) {
        value = phone;
      }
      if (!value.isEmpty()) {
        return value;
      }
    }
    return wanted.fallback().isEmpty() ? null : wanted.fallback();
  }

  private int indexOf(String key) {
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).key().equals(key)) {
        return i;
      }
    }
    throw new IllegalStateException("An authentication template has a code in its body.");
  }

  /** The names a caller may use; for saying which is unknown. */
  public Set<String> names() {
    return wanted.stream().flatMap(value -> value.names().stream()).collect(Collectors.toSet());
  }
}
