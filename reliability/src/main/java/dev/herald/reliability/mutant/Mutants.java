package dev.herald.reliability.mutant;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Puts each mutant into a copy of the project, runs the one test that is named, and expects it to
 * fail. A mutant that lives is a hole in the tests.
 */
public final class Mutants {
  private static final Set<String> LEFT_OUT = Set.of(".git", "herald-data");
  private static final long MOST_MINUTES = 15;

  private final Path copy;

  private Mutants(Path copy) {
    this.copy = copy;
  }

  /**
   * Tries them all, or those whose name contains the words.
   *
   * @return whether every one was found
   */
  public static boolean run(Path project, Path folder, String words)
      throws IOException, InterruptedException {
    Mutants mutants = new Mutants(folder.resolve("herald"));
    copy(project, mutants.copy);
    mutants.relax();
    List<Mutant> chosen =
        Mutant.ALL.stream().filter(mutant -> mutant.name().contains(words)).toList();
    int lives = 0;
    for (Mutant mutant : chosen) {
      boolean found;
      try {
        found = mutants.isFound(mutant, folder.resolve("output"));
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
        found = false;
      }
      lives += found ? 0 : 1;
      System.out.printf("%-7s %s (%s)%n", found ? "found" : "LIVES", mutant.name(), mutant.test());
    }
    System.out.printf(
        "mutants=%d found=%d violations=%d%n", chosen.size(), chosen.size() - lives, lives);
    return lives == 0;
  }

  // A mutant may leave a variable unused: the tests are to find it, not the compiler's warnings.
  private void relax() throws IOException {
    Path pom = copy.resolve("pom.xml");
    Files.writeString(
        pom,
        Files.readString(pom)
            .replace("<arg>-Werror</arg>", "")
            .replaceAll("<arg>-Xplugin:ErrorProne[^<]*</arg>", ""));
  }

  private boolean isFound(Mutant mutant, Path output) throws IOException, InterruptedException {
    Path file = copy.resolve(mutant.file());
    String right = Files.readString(file);
    int first = right.indexOf(mutant.right());
    if (first < 0 || right.indexOf(mutant.right(), first + 1) >= 0) {
      throw new IllegalStateException(
          "The place of the mutant is not there, or not once: " + mutant.name());
    }
    Path reports = copy.resolve(mutant.module()).resolve("target/surefire-reports");
    deleteReports(reports);
    Files.writeString(file, right.replace(mutant.right(), mutant.wrong()));
    try {
      boolean passed = test(mutant, output);
      if (!passed && !failedInATest(reports)) {
        throw new IllegalStateException(
            "The mutant does not compile, or nothing was tested: "
                + mutant.name()
                + "\n"
                + Files.readString(output));
      }
      return !passed;
    } finally {
      Files.writeString(file, right);
    }
  }

  private boolean test(Mutant mutant, Path output) throws IOException, InterruptedException {
    Process maven =
        new ProcessBuilder(
                "mvn",
                "-q",
                "-ntp",
                "-pl",
                mutant.module(),
                "-am",
                "test",
                "-Dtest=" + mutant.test(),
                "-Dsurefire.failIfNoSpecifiedTests=false")
            .directory(copy.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!maven.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
      maven.descendants().forEach(ProcessHandle::destroyForcibly);
      maven.destroyForcibly();
      // A test that hangs has noticed.
      return false;
    }
    return maven.exitValue() == 0;
  }

  private static void deleteReports(Path reports) throws IOException {
    if (Files.isDirectory(reports)) {
      try (Stream<Path> files = Files.list(reports)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean failedInATest(Path reports) throws IOException {
    if (!Files.isDirectory(reports)) {
      return false;
    }
    try (Stream<Path> files = Files.list(reports)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".xml")).toList()) {
        String report = Files.readString(file);
        if (report.contains("<failure") || report.contains("<error")) {
          return true;
        }
      }
    }
    return false;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (LEFT_OUT.contains(folder.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            // With their times: what has not changed is not compiled again.
            Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
