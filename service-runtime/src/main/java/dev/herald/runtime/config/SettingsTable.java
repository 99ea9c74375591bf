package dev.herald.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the processes read, as the table of the handbook, so that a test can compare the two. */
public final class SettingsTable {
  private record Reading(String process, Setting setting) {}

  private SettingsTable() {}

  /**
   * A Markdown table, one row per setting. A setting of several processes stands once, with those
   * that read it and what each takes when it is not set.
   *
   * @param settings by process, in the order in which processes and settings are to be listed
   */
  public static String markdown(Map<String, List<Setting>> settings) {
    Map<String, List<Reading>> readings = new LinkedHashMap<>();
    settings.forEach(
        (process, read) ->
            read.forEach(
                setting ->
                    readings
                        .computeIfAbsent(setting.name(), name -> new ArrayList<>())
                        .add(new Reading(process, setting))));
    return readings.values().stream()
        .map(SettingsTable::row)
        .collect(
            Collectors.joining(
                "\n",
                """
                | Setting | Value | Default | Read by | Meaning |
                | --- | --- | --- | --- | --- |
                """,
                "\n"));
  }

  private static String row(List<Reading> readings) {
    Setting first = readings.getFirst().setting();
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            first.name(),
            escaped(first.form()),
            fallbacks(readings),
            readings.stream().map(Reading::process).collect(Collectors.joining(", ")),
            escaped(first.meaning()));
  }

  private static String fallbacks(List<Reading> readings) {
    List<String> distinct =
        readings.stream().map(reading -> fallback(reading.setting())).distinct().toList();
    if (distinct.size() == 1) {
      return distinct.getFirst();
    }
    return readings.stream()
        .map(reading -> fallback(reading.setting()) + " (" + reading.process() + ")")
        .collect(Collectors.joining(", "));
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
