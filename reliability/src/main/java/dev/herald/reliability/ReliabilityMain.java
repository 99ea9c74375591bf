package dev.herald.reliability;

import dev.herald.reliability.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The command line of {@code reliability/run}. */
public final class ReliabilityMain {
  private static final String USAGE =
      """
      reliability/run [--schedules N] [--seed S] [--lanes L]   N schedules with seeds from S on
      """;

  private ReliabilityMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words =
        Stream.of(String.join(" ", arguments).split(" ")).filter(word -> !word.isBlank()).toList();
    Options options = Options.parse(words);
    if (options.has("help")) {
      System.out.print(USAGE);
      return;
    }
    Path folder = Files.createTempDirectory("herald-reliability");
    boolean good = schedules(folder, options);
    if (good) {
      delete(folder);
    } else {
      System.err.println("Logs, journals and databases: " + folder);
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean schedules(Path folder, Options options) throws Exception {
    boolean single = options.has("seed") && !options.has("schedules");
    int count = single ? 1 : options.integer("schedules", 10);
    Schedules schedules = new Schedules(folder);
    schedules.run(options.integer("seed", 1), count, Math.min(count, options.integer("lanes", 2)));
    return schedules.report();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
