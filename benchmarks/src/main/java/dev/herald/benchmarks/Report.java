package dev.herald.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of many benchmarks as a page of Markdown. */
final class Report {
  private final String machine;
  private final Instant begin;
  private final Map<String, Measured> measured = new LinkedHashMap<>();
  private final Map<String, String> failed = new LinkedHashMap<>();

  /** With other parameters than the usual ones a figure is no figure of record. */
  private record Measured(List<String> parameters, Map<String, String> figures) {}

  Report(String machine, Instant begin) {
    this.machine = machine;
    this.begin = begin;
  }

  void measured(String benchmark, List<String> parameters, Map<String, String> figures) {
    measured.put(benchmark, new Measured(parameters, figures));
  }

  void failed(String benchmark, String why) {
    failed.put(benchmark, why);
  }

  boolean isComplete() {
    return failed.isEmpty();
  }

  /** What has a goal first. Ratios can be compared with other machines; single figures cannot. */
  String markdown() {
    StringBuilder page =
        new StringBuilder("# Benchmarks of " + begin.truncatedTo(ChronoUnit.MINUTES));
    page.append("\n\n").append(machine).append("\n\n## Figures with a goal\n\n");
    page.append("| benchmark | figure | aimed at | seen | |\n| --- | --- | --- | --- | --- |\n");
    measured.forEach(
        (benchmark, seen) ->
            seen.figures()
                .forEach(
                    (figure, value) -> {
                      for (Goal goal : Goal.of(benchmark, figure)) {
                        String verdict = goal.isMet(Double.parseDouble(value)) ? "" : "**missed**";
                        row(page, benchmark, figure, goal.text(), value, verdict);
                      }
                    }));
    failed.forEach((benchmark, why) -> row(page, benchmark, "", "", "", "**failed**: " + why));
    page.append("\n## All figures\n\n| benchmark | with | figures |\n| --- | --- | --- |\n");
    measured.forEach(
        (benchmark, seen) ->
            row(
                page,
                benchmark,
                seen.parameters().isEmpty() ? "as usual" : String.join(" ", seen.parameters()),
                seen.figures().entrySet().stream()
                    .map(figure -> figure.getKey() + " " + figure.getValue())
                    .collect(Collectors.joining(", "))));
    return page.toString();
  }

  private static void row(StringBuilder page, String... cells) {
    page.append("| ").append(String.join(" | ", List.of(cells))).append(" |\n");
  }
}
