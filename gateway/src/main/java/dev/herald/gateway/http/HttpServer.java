package dev.herald.gateway.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server: a virtual thread a request, limits on everything a stranger can send, one place
 * for errors.
 */
public final class HttpServer implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 8 * 1024;
  private static final int ACCEPT_QUEUE = 512;
  private static final int MAX_REQUESTS = 4096;
  private static final int MAX_STREAMS = 128;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final String STARTED = "herald.started";

  private final Javalin javalin;

  private HttpServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Where to listen and how much to take.
   *
   * @param port 0 for any free one
   * @param connections most connections at the same time; more wait to be accepted
   * @param tls with it HTTPS only, HTTP/2 for clients that can
   */
  public record Listen(String address, int port, int connections, Optional<Tls> tls) {}

  public static HttpServer start(
      Listen listen, Consumer<RoutesConfig> routes, MeterRegistry metrics) {
    Javalin javalin =
        Javalin.create(
            config -> {
              configure(config, listen);
              config.routes.before(HttpServer::begin);
              config.routes.after(ctx -> end(ctx, metrics));
              config.routes.exception(
                  HttpResponseException.class, (failure, ctx) -> Problems.answer(ctx, failure));
              config.routes.exception(
                  Exception.class, (failure, ctx) -> Problems.answer(ctx, failure));
              routes.accept(config.routes);
            });
    return new HttpServer(javalin.start());
  }

  public int port() {
    return javalin.port();
  }

  /** Lets requests under way finish for a while; streams end. */
  @Override
  public void close() {
    javalin.stop();
  }

  private static void configure(JavalinConfig config, Listen listen) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.generateEtags = false;
    config.http.compressionStrategy = CompressionStrategy.GZIP;
    // Bodies are read by RequestBody, each route with a limit of its own.
    config.http.maxRequestSize = Long.MAX_VALUE;
    config.router.ignoreTrailingSlashes = false;
    config.jetty.threadPool = threads();
    config.jetty.modifyHttpConfiguration(HttpServer::harden);
    config.jetty.addConnector((server, http) -> connector(server, http, listen));
    BareErrors errors = new BareErrors();
    config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(errors));
    config.jetty.modifyServer(
        server -> {
          server.setErrorHandler(errors);
          server.setStopTimeout(DRAIN.toMillis());
          server.addBean(new NetworkConnectionLimit(listen.connections(), server));
        });
  }

  // A few platform threads turn the selectors; requests run on virtual ones, so many at a time and
  // no more.
  private static QueuedThreadPool threads() {
    VirtualThreadPool virtual = new VirtualThreadPool(MAX_REQUESTS);
    virtual.setName("http");
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setName("http-io");
    threads.setVirtualThreadsExecutor(virtual);
    return threads;
  }

  private static void harden(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(UriCompliance.RFC3986);
    http.setIdleTimeout(IDLE.toMillis());
  }

  private static ServerConnector connector(Server server, HttpConfiguration http, Listen listen) {
    ServerConnector connector =
        listen
            .tls()
            .map(tls -> secure(server, http, tls))
            .orElseGet(() -> new ServerConnector(server, 1, 1, new HttpConnectionFactory(http)));
    connector.setHost(listen.address());
    connector.setPort(listen.port());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    return connector;
  }

  private static ServerConnector secure(Server server, HttpConfiguration http, Tls tls) {
    // Which of its names a client called us by is the certificate's matter, not ours.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HttpConnectionFactory http1 = new HttpConnectionFactory(http);
    HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
    http2.setMaxConcurrentStreams(MAX_STREAMS);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(http1.getProtocol());
    SslConnectionFactory ssl = new SslConnectionFactory(tls.factory(), alpn.getProtocol());
    return new ServerConnector(server, null, null, null, 1, 1, ssl, alpn, http2, http1);
  }

  private static void begin(Context ctx) {
    RequestTrace.begin(ctx, RequestIds.assign(ctx));
    ctx.attribute(STARTED, System.nanoTime());
    SecurityHeaders.api(ctx);
  }

  private static void end(Context ctx, MeterRegistry metrics) {
    RequestTrace.end(ctx, route(ctx), ctx.res().getStatus());
    @Nullable Long started = ctx.attribute(STARTED);
    if (started == null) {
      return;
    }
    Timer.builder("herald.http.requests")
        .tag("method", ctx.method().name())
        .tag("route", route(ctx))
        .tag("status", Integer.toString(ctx.res().getStatus()))
        .register(metrics)
        .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
  }

  // The pattern, not the address: a stranger must not be able to make up metrics.
  private static String route(Context ctx) {
    var last = ctx.endpoints().lastHttpEndpoint();
    return last == null ? "none" : last.path;
  }
}
