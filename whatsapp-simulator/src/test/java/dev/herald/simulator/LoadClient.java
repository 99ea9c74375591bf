package dev.herald.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends as fast as it can over kept-alive connections, with as little work of its own as possible.
 */
public final class LoadClient {
  private final int port;
  private final String number;
  private final String token;

  LoadClient(int port, String number, String token) {
    this.port = port;
    this.number = number;
    this.token = token;
  }

  /** Sends this many messages over this many connections and returns the nanoseconds it took. */
  long run(int connections, int messages) {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        ends.add(threads.submit(() -> connection(next, messages)));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return System.nanoTime() - start;
  }

  private void connection(AtomicInteger next, int messages) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 4096);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 4096);
      for (int i = next.getAndIncrement(); i < messages; i = next.getAndIncrement()) {
        byte[] body = body(i);
        String head =
            "POST /v25.0/"
                + number
                + "/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length
                + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        int status = answer(in);
        if (status != 200) {
          throw new IllegalStateException("HTTP " + status);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] body(int i) {
    return ("{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+1%010d\",\"type\":\"template\","
                .formatted(2_000_000_000L + i)
            + "\"biz_opaque_callback_data\":\"h1.7301234567890123456."
            + i
            + ".US.20261124.AAAAAAAAAAAAAAAAAAAAAA\","
            + "\"template\":{\"name\":\"simple_news\",\"language\":{\"code\":\"en_US\"},\"components\":["
            + "{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"reader\"}]}]}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static int answer(InputStream in) throws IOException {
    int status = 0;
    int length = 0;
    StringBuilder line = new StringBuilder(64);
    for (boolean first = true; ; first = false) {
      line.setLength(0);
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("closed");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      if (first) {
        status = Integer.parseInt(line, 9, 12, 10);
      } else if (line.isEmpty()) {
        in.skipNBytes(length);
        return status;
      } else if (line.length() > 15 && line.substring(0, 15).equalsIgnoreCase("Content-Length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
  }

  /** Measures a simulator that is already running: {@code port messages connections}. */
  public static void main(String[] arguments) {
    LoadClient client =
        new LoadClient(Integer.parseInt(arguments[0]), "200000000000001", "simulator-access-token");
    int messages = Integer.parseInt(arguments[1]);
    int connections = Integer.parseInt(arguments[2]);
    long nanos = client.run(connections, messages);
    System.out.printf(
        "%d messages over %d connections: %.0f/s%n", messages, connections, messages * 1e9 / nanos);
  }
}
