package dev.herald.reliability.load;

import dev.herald.reliability.schedule.Schedules;
import dev.herald.reliability.stack.Installation;
import dev.herald.reliability.stack.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Schedule after schedule on one installation for as long as one likes, while memory and open files
 * of every process are watched.
 */
public final class Soak {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final double MOST_GROWTH = 1.5;

  private final Map<String, List<Sample>> samples = new TreeMap<>();
  private volatile boolean over;

  /** What a process holds. */
  private record Sample(long residentKib, long files) {}

  private Soak() {}

  public static boolean run(Path folder, int minutes, long seed) throws Exception {
    return new Soak().go(folder, minutes, seed);
  }

  private boolean go(Path folder, int minutes, long seed) throws Exception {
    Schedules schedules = new Schedules(folder);
    boolean good =
        schedules.runFor(seed, Duration.ofMinutes(minutes), installation -> watch(installation))
            && schedules.report();
    over = true;
    int growing = 0;
    for (Map.Entry<String, List<Sample>> part : samples.entrySet()) {
      List<Sample> all = part.getValue();
      int third = Math.max(1, all.size() / 3);
      List<Sample> first = all.subList(0, third);
      List<Sample> last = all.subList(all.size() - third, all.size());
      boolean grows =
          mean(last, Sample::residentKib) > MOST_GROWTH * mean(first, Sample::residentKib)
              || mean(last, Sample::files) > MOST_GROWTH * mean(first, Sample::files);
      growing += grows ? 1 : 0;
      System.out.printf(
          "%-10s resident %.0f -> %.0f MiB, open files %.0f -> %.0f%s%n",
          part.getKey(),
          mean(first, Sample::residentKib) / 1024,
          mean(last, Sample::residentKib) / 1024,
          mean(first, Sample::files),
          mean(last, Sample::files),
          grows ? "  GROWS" : "");
    }
    System.out.printf(
        "soak minutes=%d growing=%d violations=%d%n", minutes, growing, schedules.violations());
    return good && growing == 0;
  }

  private interface Figure {
    long of(Sample sample);
  }

  private static double mean(List<Sample> samples, Figure figure) {
    return samples.stream().mapToLong(figure::of).average().orElse(0);
  }

  private void watch(Installation installation) {
    Thread.ofPlatform()
        .daemon()
        .name("soak")
        .start(
            () -> {
              while (!over) {
                installation.parts().forEach(this::sample);
                LockSupport.parkNanos(EVERY.toNanos());
              }
            });
  }

  private void sample(Jvm part) {
    Path process = Path.of("/proc", Long.toString(part.pid()));
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      long resident =
          Files.readAllLines(process.resolve("status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElse(0);
      if (resident > 0) {
        samples
            .computeIfAbsent(part.name(), name -> new ArrayList<>())
            .add(new Sample(resident, files.count()));
      }
    } catch (IOException e) {
      // It is dead just now.
    }
  }
}
