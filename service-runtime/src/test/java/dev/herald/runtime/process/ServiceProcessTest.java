package dev.herald.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes and real signals. */
@Timeout(30)
class ServiceProcessTest {

  /** A service that says when it is open and when it is closed. */
  static final class Sample {
    public static void main(String[] args) {
      ServiceProcess.run(
          "sample",
          (settings, resources) -> {
            settings.required("HERALD_SAMPLE", "What the sample says.");
            settings.secretOr("HERALD_SAMPLE_SECRET", "hidden", "What it does not say.");
            resources.own("first", () -> System.out.println("closed first"));
            resources.own("second", () -> System.out.println("closed second"));
          });
    }
  }

  @Test
  void itRunsUntilAskedToStopAndThenClosesInReverse() throws Exception {
    Process process = start(Map.of("HERALD_SAMPLE", "hello"));
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
        if (line.contains("Started service=sample")) {
          process.toHandle().destroy(); // SIGTERM; Process.destroy would also close its output.
        }
      }
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lines)
        .anyMatch(line -> line.contains("HERALD_SAMPLE=hello HERALD_SAMPLE_SECRET=••••"))
        .containsSubsequence("closed second", "closed first")
        .noneMatch(line -> line.contains("hidden"))
        .last()
        .asString()
        .contains("Stopped service=sample");
  }

  @Test
  void aMissingSettingIsSaidInOneLineAndEndsTheProcess() throws Exception {
    Process process = start(Map.of());
    List<String> lines;
    try (BufferedReader output = process.inputReader()) {
      lines = output.lines().toList();
    }
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(lines)
        .singleElement()
        .asString()
        .contains("HERALD_SAMPLE is not set. It is: What the sample says.");
  }

  private static Process start(Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dstdout.encoding=UTF-8",
            "-Dlogback.configurationFile=logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            Sample.class.getName());
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).start();
  }
}
