package dev.herald.benchmarks;

import java.util.Map;

/** One thing that can be measured. */
interface Benchmark {
  /** How it is called on the command line. */
  String name();

  /** What it measures and which parameters it takes, for {@code --list}. */
  String description();

  /** Measures; the figures in the order they are to be printed. */
  Map<String, String> run(Parameters parameters) throws Exception;
}
