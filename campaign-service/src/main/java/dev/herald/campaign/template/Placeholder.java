package dev.herald.campaign.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gap in a template.
 *
 * @param key "body.1", "header.first_name", "button.0.1", "header.media"
 * @param name what stands between the braces; "media" for a media header
 * @param example a sample value, or ""
 */
public record Placeholder(String key, String name, String example) {
  private static final Pattern BRACES =
      Pattern.compile("\\{\\{\\s*([A-Za-z0-9_ .-]{1,100}?)\\s*\\}\\}");

  /** The names between braces, in order, each once. */
  public static List<String> in(String text) {
    List<String> names = new ArrayList<>();
    Matcher matcher = BRACES.matcher(text);
    while (matcher.find()) {
      if (!names.contains(matcher.group(1))) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  /** The text with every name between braces replaced. */
  public static String fill(String text, Function<String, String> value) {
    return BRACES
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(value.apply(match.group(1))));
  }
}
