package dev.herald.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One started Herald and one browser for all tests of a JVM that can share them: starting them
 * takes longer than most of the tests. Handed to a test class's constructor.
 */
final class SharedStage implements ParameterResolver {
  /** A system that is told of events may be on this machine, where nothing else could be told. */
  private static final Map<String, String> TOLD_ON_THIS_MACHINE =
      Map.of("HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8");

  /**
   * Closed when the JVM ends: Maven runs each test class of a JVM by itself, so that for JUnit the
   * last class is always the first, too.
   */
  private static final class TheStage {
    static final Path FOLDER = folder();
    static final Stage INSTANCE = Stage.open(FOLDER, TOLD_ON_THIS_MACHINE);

    static {
      atTheEnd(
          () -> {
            INSTANCE.close();
            try (Stream<Path> files = Files.walk(FOLDER)) {
              for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
              }
            }
          });
    }

    private static Path folder() {
      try {
        return Files.createTempDirectory("herald-shared-stage");
      } catch (IOException e) {
        throw new UncheckedIOException("No folder for the shared stage", e);
      }
    }
  }

  private static final class TheBrowser {
    static final Browser INSTANCE = Browser.open();

    static {
      atTheEnd(INSTANCE::close);
    }
  }

  private interface Closing {
    void close() throws IOException;
  }

  private static void atTheEnd(Closing closing) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    closing.close();
                  } catch (IOException e) {
                    throw new UncheckedIOException("The shared stage could not be closed", e);
                  }
                }));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Stage.class || type == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Stage.class
        ? TheStage.INSTANCE
        : TheBrowser.INSTANCE;
  }
}
