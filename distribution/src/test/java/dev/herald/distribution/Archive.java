package dev.herald.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The archive, unpacked as an operator does it. */
final class Archive {
  static final List<String> SERVICES =
      List.of("billing-service", "analytics-service", "campaign-service", "gateway");

  private final Path home;

  private Archive(Path home) {
    this.home = home;
  }

  static Archive unpack(Path folder) throws Exception {
    String archive = System.getProperty("herald.archive");
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive, "-C", folder.toString()).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    try (Stream<Path> found = Files.list(folder)) {
      return new Archive(found.filter(it -> it.toString().contains("herald-")).findFirst().get());
    }
  }

  Path file(String path) {
    return home.resolve(path);
  }

  /** Copies an example of settings, with these values filled in; each must be in the example. */
  void configure(String name, Map<String, String> values) throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> left = new ArrayList<>(values.keySet());
    for (String line : Files.readAllLines(file("conf/" + name + ".env.example"))) {
      String key = line.contains("=") ? line.substring(0, line.indexOf('=')) : "";
      lines.add(values.containsKey(key) ? key + "=" + values.get(key) : line);
      left.remove(key);
    }
    assertThat(left).as("settings of %s that its example does not have", name).isEmpty();
    Files.write(file("conf/" + name + ".env"), lines);
  }

  /** Starts a program; its log goes beside it. */
  Process start(String program, Map<String, String> environment) throws IOException {
    return start(program, environment, List.of());
  }

  Process start(String program, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(file("bin/" + program).toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("HERALD_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HERALD_JAVA_OPTIONS", "-Xmx256m -XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log(program).toFile());
    return builder.start();
  }

  Path log(String program) {
    return home.resolve(program + ".log");
  }
}
