package dev.herald.distribution;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;

/** A collector of traces: takes what comes by OpenTelemetry's protocol over HTTP, and keeps it. */
final class Collector implements AutoCloseable {
  private final HttpServer server;
  // Protobuf keeps texts as they are, so that they can be looked for.
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();

  private Collector(HttpServer server) {
    this.server = server;
    server.createContext(
        "/v1/traces",
        exchange -> {
          boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
          try (var body =
              zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            taken.add(new String(body.readAllBytes(), StandardCharsets.ISO_8859_1));
          }
          exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  static Collector start() throws IOException {
    return new Collector(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /** Whether a body has come that says all of this. */
  boolean has(String... texts) {
    return taken.stream().anyMatch(body -> java.util.Arrays.stream(texts).allMatch(body::contains));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
