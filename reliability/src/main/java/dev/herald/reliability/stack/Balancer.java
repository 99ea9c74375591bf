package dev.herald.reliability.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One address in front of several: each connection goes to the next of them that takes it, as a
 * load balancer in front of several gateways does it.
 */
public final class Balancer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 1000;

  private final ServerSocket server;
  private final List<Integer> targets;
  private final AtomicInteger turn = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Balancer(ServerSocket server, List<Integer> targets) {
    this.server = server;
    this.targets = List.copyOf(targets);
  }

  /** Listens on a port of the loopback, for programs on other ports of it. */
  public static Balancer open(int port, List<Integer> targets) throws IOException {
    Balancer balancer =
        new Balancer(new ServerSocket(port, 200, InetAddress.getLoopbackAddress()), targets);
    Thread.ofVirtual().name("balancer").start(balancer::accept);
    return balancer;
  }

  @Override
  public void close() {
    quietly(server);
    open.forEach(Balancer::quietly);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> join(client));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void join(Socket client) {
    open.add(client);
    for (int i = 0; i < targets.size(); i++) {
      int target = targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()));
      Socket upstream = new Socket();
      try {
        upstream.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
      } catch (IOException e) {
        quietly(upstream);
        continue; // The next one, then.
      }
      open.add(upstream);
      Thread.ofVirtual().start(() -> copy(client, upstream));
      copy(upstream, client);
      return;
    }
    forget(client);
  }

  // What one side says goes to the other; when either ends, both do.
  private void copy(Socket from, Socket to) {
    try (Socket first = from;
        Socket second = to) {
      first.getInputStream().transferTo(second.getOutputStream());
    } catch (IOException e) {
      // One of them was killed: its peer sees it.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void forget(Socket socket) {
    open.remove(socket);
    quietly(socket);
  }

  private static void quietly(AutoCloseable closed) {
    try {
      closed.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
