package dev.herald.runtime.trace;

import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.util.List;
import java.util.Locale;

/**
 * How the log is written. The logging library reads the same variables itself, before anything else
 * runs; here they are checked and described.
 */
public final class LogSettings {
  private static final List<String> FORMATS = List.of("text", "json");
  private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  private LogSettings() {}

  /**
   * @throws SettingException if one of them has a value that is none of its own
   */
  public static void check(Settings settings) {
    oneOf(
        "HERALD_LOG_FORMAT",
        settings.string(
            "HERALD_LOG_FORMAT",
            "text",
            "text, or json: one object a line, with the ids of request, trace and workspace."),
        FORMATS);
    oneOf(
        "HERALD_LOG_LEVEL",
        settings
            .string("HERALD_LOG_LEVEL", "INFO", "TRACE, DEBUG, INFO, WARN or ERROR.")
            .toUpperCase(Locale.ROOT),
        LEVELS);
  }

  private static void oneOf(String name, String value, List<String> values) {
    if (!values.contains(value)) {
      throw new SettingException(
          name + " is \"" + value + "\" but must be one of " + String.join(", ", values) + ".");
    }
  }
}
