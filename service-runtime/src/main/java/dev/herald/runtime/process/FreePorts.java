package dev.herald.runtime.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback for what must be told its port before it listens, or must come back to the same
 * one.
 */
public final class FreePorts {
  // Below those a kernel gives to outgoing connections, which could take the port in the meantime.
  private static final int FIRST = 15_000;
  private static final int END = 32_000;
  private static final int TRIES = 1000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** A port nobody listens on and that this process was not given before. */
  public static int next() {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (!isTaken(port) && GIVEN.add(port)) {
        return port;
      }
    }
    throw new StartException(
        "No free port on loopback from " + FIRST + " to " + (END - 1) + " after 1,000 tries");
  }

  private static boolean isTaken(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return !socket.isBound();
    } catch (IOException e) {
      return true;
    }
  }
}
