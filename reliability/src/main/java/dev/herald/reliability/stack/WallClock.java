package dev.herald.reliability.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What one process takes for the time of day. Where a C compiler is installed, a small library (
 * {@code clock.c}) stands between the process and the system's clock, and the clock can be moved
 * while the process runs. Time that is measured from one moment to another is left alone, as when
 * an operator sets a clock.
 */
public final class WallClock {
  private static final Optional<Path> LIBRARY = compiled();

  private final Path file;

  WallClock(Path file) {
    this.file = file;
    move(Duration.ZERO);
  }

  /** Whether clocks can be moved here. */
  public static boolean movable() {
    return LIBRARY.isPresent();
  }

  /** What a process is started with so that it has this clock. */
  Map<String, String> environment() {
    return LIBRARY
        .map(
            library -> Map.of("LD_PRELOAD", library.toString(), "WALL_CLOCK_FILE", file.toString()))
        .orElse(Map.of());
  }

  /** Sets the clock this far from the right time. */
  public void move(Duration fromRight) {
    ByteBuffer seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(seconds.putLong(0, fromRight.toSeconds()), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> compiled() {
    try (InputStream source = WallClock.class.getResourceAsStream("clock.c")) {
      Path folder = Files.createTempDirectory("herald-reliability-clock");
      Path text = folder.resolve("clock.c");
      Path library = folder.resolve("clock.so");
      Files.copy(java.util.Objects.requireNonNull(source), text);
      folder.toFile().deleteOnExit();
      text.toFile().deleteOnExit();
      library.toFile().deleteOnExit();
      int failed =
          new ProcessBuilder("gcc", "-O2", "-shared", "-fPIC", "-o", library + "", text + "")
              .inheritIO()
              .start()
              .waitFor();
      return failed == 0 ? Optional.of(library) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // There is no compiler.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
