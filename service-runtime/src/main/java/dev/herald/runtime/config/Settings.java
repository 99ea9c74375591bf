package dev.herald.runtime.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Typed settings from environment variables, each read with the sentence that explains it. What was
 * read is remembered, so that the handbook's table can be checked against the code.
 *
 * <p>An empty value counts as not set. A secret may stand in a file: {@code NAME_FILE} then holds
 * the path. Every refusal is a {@link SettingException} that names the setting.
 */
public final class Settings {
  private final Map<String, String> values;
  private final Map<String, Setting> described = new LinkedHashMap<>();

  private Settings(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  public static Settings ofEnvironment() {
    return new Settings(System.getenv());
  }

  public static Settings of(Map<String, String> values) {
    return new Settings(values);
  }

  /** A text that must be set. */
  public String required(String name, String meaning) {
    describe(name, "text", null, meaning, false);
    return present(name, value(name), meaning);
  }

  public String string(String name, String fallback, String meaning) {
    describe(name, "text", fallback, meaning, false);
    return or(value(name), fallback);
  }

  public int integer(String name, int fallback, int min, int max, String meaning) {
    describe(name, min + "…" + max, Integer.toString(fallback), meaning, false);
    String value = value(name);
    if (value == null) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered below, together with numbers out of range.
    }
    throw wrong(name, value, "a whole number from " + min + " to " + max);
  }

  /** A length of time such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h} or {@code 7d}. */
  public Duration duration(String name, Duration fallback, String meaning) {
    describe(name, "duration", Durations.format(fallback), meaning, false);
    String value = value(name);
    if (value == null) {
      return fallback;
    }
    return Durations.parse(value)
        .orElseThrow(() -> wrong(name, value, "a duration such as 250ms, 30s, 5m, 2h or 7d"));
  }

  public boolean flag(String name, boolean fallback, String meaning) {
    describe(name, "true or false", Boolean.toString(fallback), meaning, false);
    String value = value(name);
    if (value == null) {
      return fallback;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, value, "true or false");
    };
  }

  /** A comma-separated list; blanks around the parts and empty parts are dropped. */
  public List<String> list(String name, List<String> fallback, String meaning) {
    describe(name, "comma-separated list", String.join(",", fallback), meaning, false);
    String value = value(name);
    return value == null ? fallback : parts(value);
  }

  public URI uri(String name, String fallback, String meaning) {
    describe(name, "URI", fallback, meaning, false);
    String value = or(value(name), fallback);
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw wrong(name, value, "a URI");
    }
  }

  /** A file that must be readable if it is named; empty if it is not. */
  public Optional<Path> file(String name, String meaning) {
    describe(name, "path of a file", "", meaning, false);
    String value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    Path path = Path.of(value);
    if (!Files.isReadable(path)) {
      throw wrong(name, value, "the path of a readable file");
    }
    return Optional.of(path);
  }

  /** A secret that must be set, as {@code NAME} or in the file {@code NAME_FILE}. */
  public Secret secret(String name, String meaning) {
    describe(name, "secret", null, meaning, true);
    return new Secret(present(name, secretValue(name), meaning));
  }

  public Secret secretOr(String name, String fallback, String meaning) {
    describe(name, "secret", fallback, meaning, true);
    return new Secret(or(secretValue(name), fallback));
  }

  /** Comma-separated secrets, for rotation: the first is the current one. Must not be empty. */
  public List<Secret> secrets(String name, String meaning) {
    describe(name, "comma-separated secrets", null, meaning, true);
    List<String> parts = parts(present(name, secretValue(name), meaning));
    if (parts.isEmpty()) {
      throw new SettingException(name + " is empty. It is: " + meaning);
    }
    return parts.stream().map(Secret::new).toList();
  }

  /** Every setting read so far, in the order of the first reading. */
  public List<Setting> described() {
    return List.copyOf(described.values());
  }

  /** The settings read so far with their values, secrets masked: for the log at start. */
  public String summary() {
    return described.values().stream()
        .map(setting -> setting.name() + "=" + shown(setting))
        .collect(Collectors.joining(" "));
  }

  private String shown(Setting setting) {
    if (setting.secret()) {
      return "••••";
    }
    return or(value(setting.name()), setting.fallback(), "");
  }

  private void describe(
      String name, String form, @Nullable String fallback, String meaning, boolean secret) {
    described.putIfAbsent(name, new Setting(name, form, fallback, meaning, secret));
  }

  private @Nullable String value(String name) {
    String value = values.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private @Nullable String secretValue(String name) {
    String file = value(name + "_FILE");
    if (file == null) {
      return value(name);
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw wrong(name + "_FILE", file, "the path of a readable file");
    }
  }

  private static List<String> parts(String value) {
    List<String> parts = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return List.copyOf(parts);
  }

  private static String or(@Nullable String value, String fallback) {
    return value == null ? fallback : value;
  }

  private static String or(@Nullable String value, @Nullable String fallback, String last) {
    return value != null ? value : or(fallback, last);
  }

  private static String present(String name, @Nullable String value, String meaning) {
    if (value == null || value.isEmpty()) {
      throw new SettingException(name + " is not set. It is: " + meaning);
    }
    return value;
  }

  private static SettingException wrong(String name, String value, String expected) {
    return new SettingException(name + " is \"" + value + "\" but must be " + expected + ".");
  }
}
