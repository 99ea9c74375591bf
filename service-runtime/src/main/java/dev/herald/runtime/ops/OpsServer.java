package dev.herald.runtime.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator's tools ask a process: {@code /metrics} for Prometheus, {@code /healthz} (it
 * runs), {@code /readyz} (it can work; 503 if not).
 */
public final class OpsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpsServer.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;

  private record Answer(int status, String type, String body) {}

  private interface Question {
    Answer answer();
  }

  private OpsServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  public static OpsServer start(
      OpsConfig config, PrometheusMeterRegistry metrics, BooleanSupplier ready) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(config.address(), config.port()), 0);
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(threads);
      on(server, "/metrics", () -> new Answer(200, PROMETHEUS, metrics.scrape()));
      on(server, "/healthz", () -> new Answer(200, TEXT, "ok\n"));
      on(server, "/readyz", () -> readiness(ready));
      server.start();
      log.info("Metrics and health address={} port={}", config.address(), port(server));
      return new OpsServer(server, threads);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Metrics cannot listen on " + config.address() + ":" + config.port(), e);
    }
  }

  public int port() {
    return port(server);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static int port(HttpServer server) {
    return server.getAddress().getPort();
  }

  private static Answer readiness(BooleanSupplier ready) {
    return ready.getAsBoolean()
        ? new Answer(200, TEXT, "ready\n")
        : new Answer(503, TEXT, "not ready\n");
  }

  private static void on(HttpServer server, String path, Question question) {
    server.createContext(path, exchange -> handle(exchange, path, question));
  }

  private static void handle(HttpExchange exchange, String path, Question question)
      throws IOException {
    try (exchange) {
      // A context also receives every longer path.
      Answer answer =
          exchange.getRequestURI().getPath().equals(path)
              ? answer(question)
              : new Answer(404, TEXT, "not found\n");
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", answer.type());
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static Answer answer(Question question) {
    try {
      return question.answer();
    } catch (RuntimeException e) {
      log.error("An operator's question could not be answered", e);
      return new Answer(500, TEXT, "error\n");
    }
  }
}
