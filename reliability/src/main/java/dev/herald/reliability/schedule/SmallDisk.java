package dev.herald.reliability.schedule;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of memory, small enough to be filled; only root may mount one. */
public final class SmallDisk implements AutoCloseable {
  private static final long LARGEST = 1L << 30;
  private static final String BALLAST = "ballast";

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  public static SmallDisk mount(Path folder) throws IOException {
    Files.createDirectories(folder);
    run("mount", "-t", "tmpfs", "-o", "size=500m,mode=0700", "tmpfs", folder.toString());
    return new SmallDisk(folder);
  }

  /** Takes every free byte. */
  static void fill(Path folder) {
    try {
      if (Files.getFileStore(folder).getTotalSpace() > LARGEST) {
        throw new IllegalStateException(folder + " is on no small disk; it is not filled");
      }
      for (int size : new int[] {64 * 1024, 4096, 1}) {
        byte[] block = new byte[size];
        try (OutputStream out =
            Files.newOutputStream(
                folder.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
          while (true) {
            out.write(block);
          }
        } catch (IOException e) {
          // Not another block of this size fits.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void empty(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(BALLAST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String... command) throws IOException {
    try {
      int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + exit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", folder.toString());
  }
}
