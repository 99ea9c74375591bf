package dev.herald.runtime.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a point that a file names, such as {@code campaign.claim.committed 3}: its third hit.
 * The file is removed before the process ends, so that the next one lives, and so that the test
 * sees that the point was reached.
 */
final class ArmedPoint {
  private static final long POLL_MILLIS = 20;
  private static final Pattern FORM = Pattern.compile("([a-z.-]+) ([1-9][0-9]{0,8})");

  private final Path file;
  private final Runnable end;
  private String known = "";
  private volatile @Nullable String name;
  private int left;

  private ArmedPoint(Path file, Runnable end) {
    this.file = file;
    this.end = end;
  }

  /** Looks at the file at once, and again all the time. */
  static ArmedPoint watch(Path file, Runnable end) {
    ArmedPoint armed = new ArmedPoint(file, end);
    armed.read();
    Thread.ofPlatform().daemon().name("crash-point").start(armed::poll);
    return armed;
  }

  void reached(String point) {
    if (!point.equals(name)) {
      return;
    }
    synchronized (this) {
      if (!point.equals(name) || --left > 0) {
        return;
      }
      name = null;
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      end.run();
    }
  }

  private void poll() {
    try {
      while (true) {
        Thread.sleep(POLL_MILLIS);
        read();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void read() {
    String text = text();
    if (text.equals(known)) {
      return;
    }
    known = text;
    Matcher matcher = FORM.matcher(text.strip());
    boolean armed = matcher.matches();
    left = armed ? Integer.parseInt(matcher.group(2)) : 0;
    name = armed ? matcher.group(1) : null;
  }

  private String text() {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
