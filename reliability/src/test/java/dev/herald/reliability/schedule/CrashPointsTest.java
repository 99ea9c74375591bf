package dev.herald.reliability.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of named points, the code and the handbook name the same ones. */
class CrashPointsTest {
  private static final Pattern REACHED =
      Pattern.compile("CrashPoint\\.reached\\(\"([a-z.-]+)\"\\)");
  private static final List<String> MODULES =
      List.of(
          "service-runtime", "campaign-service", "analytics-service", "billing-service", "gateway");

  @Test
  void everyPointInTheCodeIsInTheTable() throws IOException {
    TreeSet<String> inTheCode = new TreeSet<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          Matcher matcher = REACHED.matcher(Files.readString(file));
          while (matcher.find()) {
            inTheCode.add(matcher.group(1));
          }
        }
      }
    }
    assertThat(CrashPoint.ALL.stream().map(CrashPoint::name))
        .containsExactlyInAnyOrderElementsOf(inTheCode);
  }

  @Test
  void everyPointIsInTheHandbook() throws IOException {
    String handbook = Files.readString(Path.of("..", "docs", "reliability.md"));
    assertThat(
            CrashPoint.ALL.stream()
                .map(point -> "| `" + point.name() + "` | " + point.meaning() + " |")
                .filter(row -> !handbook.contains(row)))
        .isEmpty();
  }

  @Test
  void fiftySchedulesVisitEveryPoint() {
    assertThat(
            LongStream.rangeClosed(1, 50)
                .mapToObj(Schedule::of)
                .flatMap(schedule -> schedule.faults().stream())
                .filter(fault -> fault.kind() == FaultKind.CRASH_POINT)
                .map(Fault::target))
        .containsAll(CrashPoint.ALL.stream().map(CrashPoint::name).toList());
  }

  @Test
  void aScheduleFollowsFromItsSeedAlone() {
    assertThat(Schedule.of(17)).isEqualTo(Schedule.of(17)).isNotEqualTo(Schedule.of(18));
  }
}
