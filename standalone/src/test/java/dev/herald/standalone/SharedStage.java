package dev.herald.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One started Herald and one browser for all browser tests of a run: starting them takes longer
 * than most of the tests. Handed to a test class's constructor.
 */
final class SharedStage implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(SharedStage.class);

  /** A system that is told of events may be on this machine, where nothing else could be told. */
  private static final Map<String, String> TOLD_ON_THIS_MACHINE =
      Map.of("HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8");

  /** Closed by JUnit when the last test class is done. */
  private record Shared(Path folder, Stage stage, Browser browser) implements AutoCloseable {
    static Shared open() {
      try {
        Path folder = Files.createTempDirectory("herald-browser-tests");
        return new Shared(folder, Stage.open(folder, TOLD_ON_THIS_MACHINE), Browser.open());
      } catch (IOException e) {
        throw new UncheckedIOException("No folder for the browser tests", e);
      }
    }

    @Override
    public void close() throws IOException {
      browser.close();
      stage.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Stage.class || type == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Shared shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Shared.class, key -> Shared.open(), Shared.class);
    return parameter.getParameter().getType() == Stage.class ? shared.stage() : shared.browser();
  }
}
