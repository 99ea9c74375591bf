package dev.herald.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A language of the guides: where its programs are, how they are run, what that needs. */
enum Language {
  CURL("curl", ".sh", "bash, curl 7.76 or newer, jq and openssl"),
  PYTHON("python", ".py", "Python 3.10 or newer (python3)"),
  JAVASCRIPT("javascript", ".mjs", "Node.js 18 or newer (node)"),
  JAVA("java", ".java", "the JDK of the build");

  static final Path EXAMPLES = Path.of("../docs/examples").toAbsolutePath().normalize();

  private final String folder;
  private final String extension;
  private final String needs;

  Language(String folder, String extension, String needs) {
    this.folder = folder;
    this.extension = extension;
    this.needs = needs;
  }

  private List<String> interpreter() {
    return switch (this) {
      case CURL -> List.of("bash");
      case PYTHON -> List.of("python3");
      case JAVASCRIPT -> List.of("node");
      // A file is compiled and run by one command, together with its neighbours in the folder.
      case JAVA ->
          List.of(
              java(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "--class-path",
              System.getProperty("java.class.path"));
    };
  }

  /** Succeeds where the programs can be run. */
  private List<String> probe() {
    return switch (this) {
      case CURL ->
          List.of(
              "bash",
              "-c",
              "type curl jq openssl && curl --help all | grep -q -e --fail-with-body");
      case PYTHON -> List.of("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 10))");
      case JAVASCRIPT -> List.of("node", "-e", "fetch; TextDecoderStream");
      case JAVA -> List.of(java(), "-version");
    };
  }

  /** The languages whose programs can be run on this machine; Java is always among them. */
  static Stream<Language> present() {
    return Arrays.stream(values()).filter(Language::isPresent);
  }

  boolean isPresent() {
    try {
      Process process = new ProcessBuilder(probe()).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  String needs() {
    return needs;
  }

  Path directory() {
    return EXAMPLES.resolve(folder);
  }

  /** The names of the programs there are. */
  Set<String> programs() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .map(name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1))
          .map(name -> name.replace(extension, ""))
          .collect(Collectors.toSet());
    }
  }

  /** The command that runs a program. */
  List<String> command(String program, String... arguments) {
    // A file of Java has the name of its class.
    String name =
        this == JAVA
            ? program.substring(0, 1).toUpperCase(Locale.ROOT) + program.substring(1)
            : program;
    return Stream.of(
            interpreter(),
            List.of(directory().resolve(name + extension).toString()),
            List.of(arguments))
        .flatMap(List::stream)
        .toList();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
