package dev.herald.runtime.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback for what must be told its port before it listens, or must come back to the same
 * one. A port is this process's until it ends, whether somebody listens on it or not: its number is
 * a byte of a file, and the byte is locked, so that two processes that look at the same moment do
 * not find the same one.
 */
public final class FreePorts {
  // Below those a kernel gives to outgoing connections, which could take the port in the meantime.
  private static final int FIRST = 15_000;
  private static final int END = 32_000;
  private static final int TRIES = 1000;
  private static final Path FILE =
      Path.of(
          System.getProperty("java.io.tmpdir"),
          "herald-ports-" + System.getProperty("user.name") + ".lock");

  /** Held until the process ends. */
  private static final List<FileLock> GIVEN = new ArrayList<>();

  private FreePorts() {}

  /** A port nobody listens on and that no process was given. */
  public static synchronized int next() {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (GIVEN.stream().noneMatch(lock -> lock.position() == port) && reserve(port)) {
        return port;
      }
    }
    throw new StartException(
        "No free port on loopback from " + FIRST + " to " + (END - 1) + " after 1,000 tries");
  }

  private static boolean reserve(int port) {
    try {
      FileLock lock = Holder.CHANNEL.tryLock(port, 1, false);
      if (lock == null) {
        return false;
      }
      if (isTaken(port)) {
        lock.release();
        return false;
      }
      return GIVEN.add(lock);
    } catch (IOException e) {
      throw new UncheckedIOException("Ports cannot be reserved in " + FILE, e);
    }
  }

  private static boolean isTaken(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return !socket.isBound();
    } catch (IOException e) {
      return true;
    }
  }

  // Never closed: closing any channel of the file would give back all locks.
  private static final class Holder {
    static final FileChannel CHANNEL = open();

    private static FileChannel open() {
      try {
        return FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new UncheckedIOException("Ports cannot be reserved in " + FILE, e);
      }
    }
  }
}
