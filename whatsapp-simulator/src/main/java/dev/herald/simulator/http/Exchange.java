package dev.herald.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * One HTTP request and the ways to answer it, the malicious ones included. Exactly one answering
 * method is called.
 */
public final class Exchange {
  private static final String JSON_TYPE = "application/json; charset=UTF-8";

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final CountDownLatch stopping;
  private final String path;

  Exchange(Request request, Response response, Callback callback, CountDownLatch stopping) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.stopping = stopping;
    this.path = request.getHttpURI().getDecodedPath();
  }

  public String method() {
    return request.getMethod();
  }

  public String path() {
    return path;
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Where this request was sent to: {@code http://127.0.0.1:9180}. */
  public String origin() {
    return request.getHttpURI().getScheme() + "://" + request.getHttpURI().getAuthority();
  }

  /** The query's parameters; of a repeated one the last. */
  public Map<String, String> query() {
    Map<String, String> parameters = new TreeMap<>();
    String query = request.getHttpURI().getQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /** The whole body, or empty if it is longer than {@code most} bytes. */
  public Optional<byte[]> body(int most) throws IOException {
    if (request.getLength() > most) {
      return Optional.empty();
    }
    byte[] body = Content.Source.asInputStream(request).readNBytes(most + 1);
    return body.length > most ? Optional.empty() : Optional.of(body);
  }

  public InputStream bodyStream() {
    return Content.Source.asInputStream(request);
  }

  public void header(String name, String value) {
    response.getHeaders().put(name, value);
  }

  public void answer(int status, JsonNode json) {
    answer(status, JSON_TYPE, Json.metaBytes(json));
  }

  public void answer(int status, String contentType, byte[] body) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Answers piece by piece as the writer produces it. */
  public void stream(String contentType, Writer writer) throws IOException {
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      writer.write(out);
    }
    callback.succeeded();
  }

  /** See {@link #stream}. */
  @FunctionalInterface
  public interface Writer {
    void write(OutputStream out) throws IOException;
  }

  /** Answers one byte at a time, the last one after {@code totalMicros}. */
  public void drip(int status, JsonNode json, long totalMicros) throws IOException {
    byte[] body = Json.metaBytes(json);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      for (byte b : body) {
        if (pause(totalMicros / body.length)) {
          break;
        }
        out.write(b);
        out.flush();
      }
    }
    callback.succeeded();
  }

  /** Announces an answer, sends half of it and closes the connection. */
  public void truncate(int status, JsonNode json) throws IOException {
    byte[] body = Json.metaBytes(json);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, false, ByteBuffer.wrap(body, 0, body.length / 2));
    close(false);
  }

  /**
   * Closes the connection with a reset, which the other side sees as an error rather than an end.
   */
  public void reset() throws IOException {
    close(true);
  }

  /** Keeps the other side waiting, then closes without an answer. */
  public void hang(long micros) throws IOException {
    var _ = pause(micros);
    close(false);
  }

  /** Waits, at most until the simulator stops; true if it does. */
  public boolean pause(long micros) {
    try {
      return micros > 0 && stopping.await(micros, TimeUnit.MICROSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void close(boolean reset) throws IOException {
    if (request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof SocketChannelEndPoint endPoint) {
      SocketChannel channel = endPoint.getChannel();
      if (reset) {
        // Lingering for no time makes the kernel send RST instead of FIN.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      channel.close();
      endPoint.close();
    }
    callback.failed(new ConnectionClosed());
  }

  /** Tells the server that the connection is gone on purpose, which is nothing to log. */
  private static final class ConnectionClosed extends IOException implements QuietException {
    private static final long serialVersionUID = 1L;

    ConnectionClosed() {
      super("closed on purpose");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
