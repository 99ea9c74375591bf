package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents keep to what is there. */
class DocumentationTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+?)(?:#[^)]*)?\\)");

  @Test
  void everyLinkLeadsToAFileOfTheProject() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.startsWith("http") && !Files.exists(document.resolveSibling(target))) {
          broken.add(PROJECT.relativize(document) + " → " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(PROJECT);
        Stream<Path> docs = Files.walk(PROJECT.resolve("docs"));
        Stream<Path> modules = Files.list(PROJECT)) {
      List<Path> all =
          Stream.of(top, docs, modules.map(module -> module.resolve("README.md")))
              .flatMap(paths -> paths)
              .filter(path -> path.toString().endsWith(".md") && Files.isRegularFile(path))
              .distinct()
              .toList();
      assertThat(all).contains(PROJECT.resolve("README.md"));
      return all;
    }
  }
}
