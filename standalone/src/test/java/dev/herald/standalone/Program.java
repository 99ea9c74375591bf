package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the guides at work. */
final class Program implements AutoCloseable {
  private final Process process;
  private final Path errors;

  private Program(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** What a program has done. */
  record Outcome(int exitCode, String output, String errors) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  static Program start(List<String> command, Map<String, String> environment) throws IOException {
    Path errors = Files.createTempFile("example", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    return new Program(builder.start(), errors);
  }

  /** Runs a program to its end, which must be a good one. */
  static Outcome run(List<String> command, Map<String, String> environment) throws IOException {
    Outcome outcome = run(command, environment, InputStream.nullInputStream());
    assertThat(outcome.exitCode()).as("%s%n%s", command, outcome).isZero();
    return outcome;
  }

  static Outcome run(List<String> command, Map<String, String> environment, InputStream input)
      throws IOException {
    try (Program program = start(command, environment)) {
      try (var in = program.process.getOutputStream()) {
        input.transferTo(in);
      }
      String output =
          new String(program.process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(program.process.waitFor(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends", command)
          .isTrue();
      return new Outcome(program.process.exitValue(), output, Files.readString(program.errors));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  BufferedReader output() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    Files.deleteIfExists(errors);
  }
}
