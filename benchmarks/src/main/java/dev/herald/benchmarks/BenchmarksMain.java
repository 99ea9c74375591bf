package dev.herald.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs the benchmark that is named first, with the parameters that follow; or all, into a table.
 */
public final class BenchmarksMain {
  private static final List<Benchmark> ALL =
      List.of(
          new MainJob(),
          new Dispatch(),
          new Import(),
          new Ingest(),
          new Read(),
          new MessagePages(),
          new Watch(),
          new Ledger(),
          new Webhook(),
          new Export(),
          new ForeignIds(),
          new Redirect(),
          new Start(),
          new Footprint(),
          new Sizing());

  private BenchmarksMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words =
        List.of(String.join(" ", arguments).split(" ")).stream().filter(w -> !w.isBlank()).toList();
    String name = words.isEmpty() ? "--list" : words.getFirst();
    if (name.equals("--list")) {
      ALL.forEach(it -> System.out.printf("%-12s %s%n", it.name(), it.description()));
      return;
    }
    if (name.equals("--all")) {
      List<String> all = ALL.stream().map(Benchmark::name).toList();
      System.exit(Everything.parse(all, words.subList(1, words.size())).run() ? 0 : 1);
    }
    Benchmark benchmark =
        ALL.stream()
            .filter(it -> it.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No benchmark is called " + name));
    Map<String, String> figures = benchmark.run(Parameters.parse(words.subList(1, words.size())));
    System.out.println(
        figures.entrySet().stream()
            .map(figure -> figure.getKey() + "=" + figure.getValue())
            .collect(Collectors.joining(" ", benchmark.name() + " ", "")));
  }
}
