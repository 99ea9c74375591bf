package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents keep to what is there. */
class DocumentationTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([^)]*))?\\)");

  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  /** A file that is named, and lines of it; a line of three dots stands for what is left out. */
  private static final Pattern QUOTATION =
      Pattern.compile("<!-- from: (\\S+) -->\n\n```\\w+\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyLinkLeadsToAFileAndAHeadingOfTheProject() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (target.startsWith("http") || target.startsWith("mailto:")) {
          continue;
        }
        Path file = target.isEmpty() ? document : document.resolveSibling(target);
        if (!Files.exists(file) || (link.group(2) != null && !hasHeading(file, link.group(2)))) {
          broken.add(PROJECT.relativize(document) + " → " + link.group());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void whatIsQuotedStandsInItsFile() throws IOException {
    List<String> wrong = new ArrayList<>();
    int quotations = 0;
    for (Path document : documents()) {
      Matcher quotation = QUOTATION.matcher(Files.readString(document));
      while (quotation.find()) {
        quotations++;
        String file = Files.readString(PROJECT.resolve(quotation.group(1)));
        for (String part : quotation.group(2).split("(?m)^…\n")) {
          if (!file.contains(part)) {
            wrong.add(
                PROJECT.relativize(document) + " quotes from " + quotation.group(1) + ":\n" + part);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(quotations).isPositive();
  }

  // As the places where this is read make an anchor of a heading.
  private static boolean hasHeading(Path file, String anchor) throws IOException {
    return HEADING
        .matcher(Files.readString(file))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .anyMatch(anchor::equals);
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
