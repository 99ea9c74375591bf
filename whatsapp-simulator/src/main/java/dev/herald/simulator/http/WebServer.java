package dev.herald.simulator.http;

import dev.herald.simulator.error.ErrorCode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves HTTP/1.1 with keep-alive, one virtual thread a request. */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final int MOST_HEADER_BYTES = 64 * 1024;
  private static final long IDLE_MILLIS = 10 * 60 * 1000L;

  private final Server server;
  private final ServerConnector connector;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /** What answers requests. */
  @FunctionalInterface
  public interface Endpoint {
    void handle(Exchange exchange) throws IOException;
  }

  public WebServer(String host, int port, Endpoint endpoint) {
    QueuedThreadPool threads = new QueuedThreadPool(16, 4);
    threads.setName("simulator-http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setResponseHeaderSize(MOST_HEADER_BYTES);
    http.setMaxResponseHeaderSize(MOST_HEADER_BYTES);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    server.setHandler(new Adapter(endpoint));
    server.setStopTimeout(0);
  }

  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the simulator's HTTP server does not start: " + e.getMessage(), e);
    }
  }

  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    stopping.countDown();
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("The simulator's HTTP server did not stop cleanly.", e);
    }
  }

  private final class Adapter extends Handler.Abstract {
    private final Endpoint endpoint;

    Adapter(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Exchange exchange = new Exchange(request, response, callback, stopping);
      try {
        endpoint.handle(exchange);
      } catch (IOException e) {
        callback.failed(e);
      } catch (RuntimeException e) {
        LOG.error("{} {} failed.", exchange.method(), exchange.path(), e);
        if (response.isCommitted()) {
          callback.failed(e);
        } else {
          exchange.answer(500, ErrorCode.UNKNOWN.answer().envelope("A"));
        }
      }
      return true;
    }
  }
}
