package dev.herald.gateway.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Webhooks in the shapes WhatsApp sends them, one file each. {@code ${key:0}} stands for the key of
 * the message with ordinal 0.
 */
final class Recordings {
  static final String NUMBER = "106540352242922";

  private static final Pattern KEY = Pattern.compile("\\$\\{key:([0-9]+)}");

  private Recordings() {}

  /** The bodies by name, with keys in their places. */
  static Map<String, String> all(IntFunction<String> key) {
    Map<String, String> bodies = new TreeMap<>();
    try (Stream<Path> files =
        Files.list(Path.of(Recordings.class.getResource("/webhooks").toURI()))) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        bodies.put(
            file.getFileName().toString().replace(".json", ""),
            KEY.matcher(text).replaceAll(match -> key.apply(Integer.parseInt(match.group(1)))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return bodies;
  }
}
