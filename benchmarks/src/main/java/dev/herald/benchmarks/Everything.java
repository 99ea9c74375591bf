package dev.herald.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs benchmarks one after the other, each in a process of its own as if it had been called by its
 * name, and writes what they measured as a table.
 */
final class Everything {
  private final List<String> names;
  private final Path file;
  private final Map<String, List<String>> parameters;

  private Everything(List<String> names, Path file, Map<String, List<String>> parameters) {
    this.names = names;
    this.file = file;
    this.parameters = parameters;
  }

  /**
   * @param all the benchmarks there are
   * @param words {@code only=NAME,NAME}, {@code file=PATH}, {@code NAME.KEY=VALUE}
   */
  static Everything parse(List<String> all, List<String> words) {
    List<String> names = all;
    Path file = Path.of("target", "benchmarks.md");
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String word : words) {
      int dot = word.indexOf('.');
      if (word.startsWith("only=")) {
        names = List.of(word.substring("only=".length()).split(","));
      } else if (word.startsWith("file=")) {
        file = Path.of(word.substring("file=".length()));
      } else if (dot > 0 && all.contains(word.substring(0, dot))) {
        parameters
            .computeIfAbsent(word.substring(0, dot), name -> new ArrayList<>())
            .add(word.substring(dot + 1));
      } else {
        throw new IllegalArgumentException(
            "Expected only=NAME,NAME or file=PATH or NAME.KEY=VALUE but got \"" + word + "\"");
      }
    }
    List<String> unknown = names.stream().filter(name -> !all.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("No benchmark is called " + unknown.getFirst());
    }
    return new Everything(names, file, parameters);
  }

  /** True when every benchmark came to its end; a goal that is missed is said in the table. */
  boolean run() throws IOException, InterruptedException {
    Report report = new Report(Machine.describe(), Instant.now());
    for (String name : names) {
      System.err.println("--- " + name);
      String line = lastLine(name);
      if (line.startsWith(name + " ")) {
        System.out.println(line);
        report.measured(name, parameters.getOrDefault(name, List.of()), figures(line));
      } else {
        report.failed(name, "see its output above");
      }
      // After each, so that what was measured survives a run that is broken off.
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, report.markdown());
    }
    System.out.println("The table is in " + file.toAbsolutePath().normalize());
    return report.isComplete();
  }

  private String lastLine(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-classpath", System.getProperty("java.class.path"), BenchmarksMain.class.getName()));
    command.add(name);
    command.addAll(parameters.getOrDefault(name, List.of()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String last = "";
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line;
      }
    }
    return process.waitFor() == 0 ? last : "";
  }

  private static Map<String, String> figures(String line) {
    Map<String, String> figures = new LinkedHashMap<>();
    for (String word : List.of(line.split(" ")).subList(1, line.split(" ").length)) {
      int equals = word.indexOf('=');
      figures.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return figures;
  }
}
