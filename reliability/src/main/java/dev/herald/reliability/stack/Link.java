package dev.herald.reliability.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The network between two parts: a TCP proxy on loopback that can cut, hold up or silence what runs
 * through it.
 */
public final class Link implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;

  private final String name;
  private final int port;
  private final int target;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocket server;
  private volatile long delayMillis;
  private volatile boolean silent;

  /** A client's connection and the one behind it. */
  private record Pair(Socket client, Socket service) {
    void reset() {
      for (Socket socket : new Socket[] {client, service}) {
        try {
          // Without lingering a close is a reset.
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException e) {
          // It was closed already, which is what we want.
        }
      }
    }
  }

  private Link(String name, int port, int target) {
    this.name = name;
    this.port = port;
    this.target = target;
  }

  /** Listens on one port and passes on to the other. */
  static Link open(String name, int port, int target) {
    Link link = new Link(name, port, target);
    link.up();
    return link;
  }

  public String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** Everything under way is reset; new connections are welcome. */
  public void reset() {
    pairs.forEach(Pair::reset);
    pairs.clear();
  }

  /** Every piece that passes waits so long. */
  public void delay(Duration duration) {
    delayMillis = duration.toMillis();
  }

  /** Connections stay open, and nothing arrives any more, either way. */
  public void silence() {
    silent = true;
  }

  /** Nobody listens any more, and what was under way is reset. */
  public synchronized void down() {
    ServerSocket listening = server;
    server = null;
    if (listening != null) {
      try {
        listening.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    reset();
  }

  /** As good as new. What was silenced never arrives: those connections are reset. */
  public synchronized void heal() {
    delayMillis = 0;
    if (silent) {
      reset();
      silent = false;
    }
    if (server == null) {
      up();
    }
  }

  private synchronized void up() {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      server = listening;
      Thread.ofVirtual().name("link-" + name).start(() -> accept(listening));
    } catch (IOException e) {
      throw new UncheckedIOException("Link " + name + " cannot listen", e);
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        // Closed; the loop ends.
      }
    }
  }

  private void connect(Socket client) {
    Socket service = new Socket();
    Pair pair = new Pair(client, service);
    try {
      service.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 2000);
      client.setTcpNoDelay(true);
      service.setTcpNoDelay(true);
    } catch (IOException e) {
      pair.reset();
      return;
    }
    pairs.add(pair);
    Thread.ofVirtual().start(() -> pump(pair, client, service));
    Thread.ofVirtual().start(() -> pump(pair, service, client));
  }

  private void pump(Pair pair, Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        hold(from);
        out.write(buffer, 0, read);
        out.flush();
      }
      to.shutdownOutput();
      if (from.isOutputShutdown()) {
        forget(pair);
      }
    } catch (IOException e) {
      pair.reset();
      pairs.remove(pair);
    }
  }

  private void hold(Socket from) {
    if (delayMillis > 0) {
      LockSupport.parkNanos(Duration.ofMillis(delayMillis).toNanos());
    }
    while (silent && !from.isClosed()) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private void forget(Pair pair) throws IOException {
    pairs.remove(pair);
    pair.client().close();
    pair.service().close();
  }

  @Override
  public void close() {
    down();
  }
}
