package dev.herald.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings of a service as the table of the handbook, so that a test can compare the two. */
public final class SettingsTable {
  private SettingsTable() {}

  /** A Markdown table, one row per setting in the order they are read. */
  public static String markdown(List<Setting> settings) {
    return settings.stream()
        .map(SettingsTable::row)
        .collect(
            Collectors.joining(
                "\n",
                "| Setting | Value | Default | Meaning |\n| --- | --- | --- | --- |\n",
                "\n"));
  }

  private static String row(Setting setting) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            setting.name(), escaped(setting.form()), fallback(setting), escaped(setting.meaning()));
  }

  private static String fallback(Setting setting) {
    String fallback = setting.fallback();
    if (fallback == null) {
      return "required";
    }
    if (fallback.isEmpty()) {
      return "none";
    }
    return setting.secret() ? "a development value" : "`" + escaped(fallback) + "`";
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
