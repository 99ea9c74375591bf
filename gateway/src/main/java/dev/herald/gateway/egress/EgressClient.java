package dev.herald.gateway.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Posts to addresses that users choose. Connects only to addresses the policy has checked, follows
 * no redirect, sends no cookie, uses no proxy, retries nothing, reads little of an answer and waits
 * for none longer than the deadline.
 */
public final class EgressClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MOST_CONNECTIONS = 256;
  private static final int MOST_CONNECTIONS_OF_A_HOST = 64;
  private static final int EXCERPT_BYTES = 300;
  private static final int DRAINED_BYTES = 16 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int MOST_LINE = 8 * 1024;

  private final Duration deadline;
  private final CloseableHttpClient http;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("egress-deadline").factory());

  /**
   * What came of a request.
   *
   * @param status of the answer; 0 if there was none
   * @param error why not, in words that tell nothing of our network; empty if there was an answer
   * @param excerpt the beginning of the answer's body
   */
  public record Result(int status, String error, String excerpt) {
    public boolean succeeded() {
      return status >= 200 && status < 300;
    }
  }

  public EgressClient(EgressPolicy policy, Duration deadline) {
    this.deadline = deadline;
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new Checked(policy))
                    .setMaxConnTotal(MOST_CONNECTIONS)
                    .setMaxConnPerRoute(MOST_CONNECTIONS_OF_A_HOST)
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .http1Config(
                                Http1Config.custom()
                                    .setMaxHeaderCount(MOST_HEADERS)
                                    .setMaxLineLength(MOST_LINE)
                                    .build())
                            .build())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.of(CONNECT))
                            .setSocketTimeout(Timeout.of(deadline))
                            .setTimeToLive(Timeout.ofMinutes(2))
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(Timeout.of(deadline))
                    .setResponseTimeout(Timeout.of(deadline))
                    .setRedirectsEnabled(false)
                    .setAuthenticationEnabled(false)
                    .build())
            .setUserAgent("Herald")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .disableDefaultUserAgent()
            .build();
  }

  /** Posts a JSON body. Never throws for what the other side does. */
  public Result post(URI target, Map<String, String> headers, byte[] body) {
    HttpPost request = new HttpPost(target);
    headers.forEach(request::setHeader);
    request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    AtomicBoolean late = new AtomicBoolean();
    Future<?> cancelling =
        timer.schedule(
            () -> {
              late.set(true);
              request.cancel();
            },
            deadline.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      ClassicHttpResponse response =
          http.executeOpen(RoutingSupport.determineHost(request), request, null);
      Result result = new Result(response.getCode(), "", excerpt(response.getEntity(), request));
      closeQuietly(response);
      return result;
    } catch (IOException | HttpException | IllegalStateException e) {
      return new Result(0, late.get() ? "The answer took too long." : words(e), "");
    } finally {
      cancelling.cancel(false);
    }
  }

  // A short answer is read to its end, so that the connection can be used again; of a long one no
  // more is read, and the connection is cut.
  private static String excerpt(HttpEntity entity, HttpPost request) throws IOException {
    if (entity == null || entity.getContent() == null) {
      return "";
    }
    byte[] bytes = entity.getContent().readNBytes(DRAINED_BYTES);
    if (bytes.length == DRAINED_BYTES) {
      request.cancel();
    }
    return new String(bytes, 0, Math.min(bytes.length, EXCERPT_BYTES), StandardCharsets.UTF_8);
  }

  private static void closeQuietly(ClassicHttpResponse response) {
    try {
      response.close();
    } catch (IOException e) {
      // The answer is known; how its connection ended is nobody's concern.
    }
  }

  private static String words(Exception failure) {
    return switch (failure) {
      case UnknownHostException e ->
          "The host is not known, or has an address that must not be reached.";
      case java.net.SocketTimeoutException e -> "The answer took too long.";
      case SSLException e -> "The connection could not be encrypted: the certificate may be bad.";
      case java.net.ConnectException e -> "The host takes no connection.";
      default -> "The connection ended before an answer.";
    };
  }

  @Override
  public void close() throws IOException {
    timer.shutdownNow();
    http.close();
  }

  /** What is resolved here is what the connection is made to. */
  private record Checked(EgressPolicy policy) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return policy.resolve(host).toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return host;
    }
  }
}
