package dev.herald.simulator.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The placeholders of a template's text: {@code {{1}}} or {@code {{first_name}}}. */
final class Variables {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([a-z0-9_]+)\\s*}}");

  private Variables() {}

  /** Their names in order of first appearance, each once. */
  static List<String> in(String text) {
    List<String> names = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      if (!names.contains(matcher.group(1))) {
        names.add(matcher.group(1));
      }
    }
    return List.copyOf(names);
  }

  static boolean startsOrEndsWithOne(String text) {
    String stripped = text.strip();
    Matcher matcher = PLACEHOLDER.matcher(stripped);
    while (matcher.find()) {
      if (matcher.start() == 0 || matcher.end() == stripped.length()) {
        return true;
      }
    }
    return false;
  }

  /** The length of the text without its placeholders. */
  static int fixedLength(String text) {
    String without = PLACEHOLDER.matcher(text).replaceAll("");
    return without.codePointCount(0, without.length());
  }
}
