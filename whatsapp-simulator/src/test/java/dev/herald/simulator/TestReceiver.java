package dev.herald.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A webhook receiver that checks every signature itself, over the raw bytes. */
final class TestReceiver implements AutoCloseable {
  static final String SECRET = "secret of the receiver";
  static final String VERIFY_TOKEN = "token of the receiver";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
  private final List<byte[]> refused = new CopyOnWriteArrayList<>();
  private final AtomicInteger posts = new AtomicInteger();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final AtomicInteger badSignatures = new AtomicInteger();
  private volatile IntUnaryOperator status = nth -> 200;

  TestReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/webhook", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhook";
  }

  /** Which HTTP status the nth post (from 0) gets. */
  void answer(IntUnaryOperator changed) {
    status = changed;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("GET")) {
        handshake(exchange);
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      String expected = "sha256=" + HexFormat.of().formatHex(hmac(body));
      if (!expected.equals(exchange.getRequestHeaders().getFirst("X-Hub-Signature-256"))) {
        badSignatures.incrementAndGet();
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      int code = status.applyAsInt(posts.getAndIncrement());
      (code == 200 ? bodies : refused).add(body);
      exchange.sendResponseHeaders(code, -1);
    }
  }

  private void handshake(HttpExchange exchange) throws IOException {
    handshakes.incrementAndGet();
    String query = exchange.getRequestURI().getQuery();
    boolean known =
        query.contains("hub.mode=subscribe") && query.contains("hub.verify_token=" + VERIFY_TOKEN);
    byte[] challenge =
        query.replaceAll(".*hub.challenge=([0-9]+).*", "$1").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(known ? 200 : 403, known ? challenge.length : -1);
    if (known) {
      exchange.getResponseBody().write(challenge);
    }
  }

  private static byte[] hmac(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(body);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  int handshakes() {
    return handshakes.get();
  }

  int badSignatures() {
    return badSignatures.get();
  }

  int posts() {
    return posts.get();
  }

  /** Bodies answered 200. */
  List<byte[]> bodies() {
    return bodies;
  }

  List<byte[]> refused() {
    return refused;
  }

  List<JsonNode> parsed() {
    List<JsonNode> all = new ArrayList<>();
    for (byte[] body : bodies) {
      try {
        all.add(JSON.readTree(body));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  /** Every change, in order of arrival. */
  Stream<JsonNode> changes() {
    return parsed().stream()
        .flatMap(body -> body.path("entry").valueStream())
        .flatMap(entry -> entry.path("changes").valueStream());
  }

  List<JsonNode> elements(String array) {
    return changes().flatMap(change -> change.path("value").path(array).valueStream()).toList();
  }

  List<JsonNode> statuses() {
    return elements("statuses");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
