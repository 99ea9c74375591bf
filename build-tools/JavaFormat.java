import static java.util.stream.Collectors.joining;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks, or applies, google-java-format to every Java file below some folders: {@code JavaFormat
 * check|apply FOLDER...}.
 *
 * <p>A program of our own because formatter plugins of Maven run inside Maven's Java, and
 * google-java-format reads Java 25 only on a JDK that knows it. The top pom runs this one on the
 * toolchain's JDK, straight from source.
 */
final class JavaFormat {
  private final Formatter formatter = new Formatter();
  private final boolean apply;

  private JavaFormat(boolean apply) {
    this.apply = apply;
  }

  public static void main(String[] arguments) throws IOException {
    boolean apply =
        switch (arguments[0]) {
          case "check" -> false;
          case "apply" -> true;
          default -> throw new IllegalArgumentException("check or apply? Got: " + arguments[0]);
        };
    List<Path> files = new ArrayList<>();
    for (String folder : List.of(arguments).subList(1, arguments.length)) {
      files.addAll(javaFilesBelow(Path.of(folder)));
    }
    JavaFormat format = new JavaFormat(apply);
    List<Path> unformatted = files.parallelStream().filter(format::differs).sorted().toList();
    System.out.printf(
        "%d Java files, %d of them %s%n",
        files.size(), unformatted.size(), apply ? "formatted anew" : "not formatted");
    if (apply || unformatted.isEmpty()) {
      return;
    }
    System.err.println(
        unformatted.stream().map(path -> "  " + path).collect(joining(System.lineSeparator())));
    System.err.println("Format them with: mvn -N verify -Dformat=apply");
    System.exit(1);
  }

  private static List<Path> javaFilesBelow(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.normalize().getFileName().toString();
            return name.equals("target") || name.startsWith(".") && name.length() > 1
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file.normalize());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private boolean differs(Path file) {
    try {
      String before = Files.readString(file);
      String after = formatter.formatSourceAndFixImports(before);
      if (before.equals(after)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, after);
      }
      return true;
    } catch (IOException | FormatterException e) {
      throw new IllegalStateException("Cannot format " + file + ": " + e.getMessage(), e);
    }
  }
}
