package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the guides show is what {@link ExamplesTest} runs, to the letter. Run with {@code
 * -Dherald.docs=write} to write the files into the guides anew.
 */
class GuidesTest {
  private static final List<Path> GUIDES =
      Stream.of("http-guide.md", "grpc-guide.md").map(Language.EXAMPLES::resolveSibling).toList();

  /** A file that is named, and the block of code behind the name. */
  private static final Pattern SHOWN =
      Pattern.compile("<!-- example: (\\S+) -->\n\n```(\\w+)\n(.*?)```\n", Pattern.DOTALL);

  @Test
  void aBlockOfCodeIsItsFile() throws IOException {
    for (Path guide : GUIDES) {
      String text = Files.readString(guide);
      Matcher shown = SHOWN.matcher(text);
      String right = shown.replaceAll(block -> Matcher.quoteReplacement(asTheFileIs(block)));
      if ("write".equals(System.getProperty("herald.docs"))) {
        Files.writeString(guide, right);
      } else {
        assertThat(text).as("%s; -Dherald.docs=write writes it anew", guide).isEqualTo(right);
      }
    }
  }

  @Test
  void everyExampleIsShown() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path guide : GUIDES) {
      SHOWN.matcher(Files.readString(guide)).results().forEach(it -> named.add(it.group(1)));
    }
    assertThat(named).isEqualTo(files());
  }

  private static String asTheFileIs(MatchResult block) {
    try {
      String file = Files.readString(Language.EXAMPLES.resolve(block.group(1)));
      return "<!-- example: %s -->\n\n```%s\n%s```\n"
          .formatted(block.group(1), block.group(2), file);
    } catch (IOException e) {
      throw new AssertionError("No example " + block.group(1), e);
    }
  }

  private static Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(Language.EXAMPLES)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("__pycache__"))
          .map(file -> Language.EXAMPLES.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
