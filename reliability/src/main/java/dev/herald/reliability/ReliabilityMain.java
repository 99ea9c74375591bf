package dev.herald.reliability;

import dev.herald.reliability.load.Growth;
import dev.herald.reliability.load.Overload;
import dev.herald.reliability.load.Soak;
import dev.herald.reliability.mutant.Mutants;
import dev.herald.reliability.schedule.FleetRun;
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
      reliability/run --schedules N [--seed S] [--lanes L]  N schedules with seeds from S on (1), on L installations (2)
      reliability/run --seed S                              the schedule with this seed again
      reliability/run disk-full [--schedules N]             PostgreSQL's disk fills up and is emptied (root only)
      reliability/run fleet                                 two of each on Kafka, each killed or replaced in its turn
      reliability/run overload                              five times what can be done, and ten seconds later
      reliability/run growth                                webhooks to one of each service, and to two of each on Kafka
      reliability/run soak --minutes M                      schedule after schedule; memory and files are watched
      reliability/run mutants [--only WORD]                 every fault put into the code is found by its test
      reliability/run spin                                  the formal model (needs spin and gcc)
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
    boolean good =
        switch (options.command()) {
          case "schedules" -> schedules(folder, options);
          case "mutants" ->
              Mutants.run(Path.of("").toAbsolutePath(), folder, options.text("only", ""));
          case "disk-full" -> diskFull(folder, options);
          case "fleet" -> FleetRun.run(folder.resolve("fleet"));
          case "overload" -> Overload.run(folder.resolve("overload"));
          case "growth" -> Growth.run(folder);
          case "soak" ->
              Soak.run(folder, options.integer("minutes", 60), options.integer("seed", 1));
          default -> throw new IllegalArgumentException(USAGE);
        };
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

  private static boolean diskFull(Path folder, Options options) throws Exception {
    Schedules schedules = new Schedules(folder);
    schedules.runOnASmallDisk(options.integer("seed", 1), options.integer("schedules", 3));
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
