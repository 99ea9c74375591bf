package dev.herald.campaign.whatsapp.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection to a server, used by one request at a time. */
final class Connection implements AutoCloseable {
  private static final int BUFFER = 8 * 1024;
  private static final int MAX_ADDRESSES = 2;

  private final SocketChannel channel;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private volatile long deadlineNanos;

  private volatile long idleSinceNanos;
  private volatile long maxIdleNanos = TimeUnit.SECONDS.toNanos(15);

  private Connection(SocketChannel channel, Socket socket) throws IOException {
    this.channel = channel;
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  /** Connects, with TLS where the origin wants it, before the deadline. */
  static Connection open(Origin origin, long deadlineNanos) throws IOException {
    InetAddress[] addresses = InetAddress.getAllByName(origin.address());
    IOException last = new IOException("The name has no address.");
    for (int i = 0; i < Math.min(addresses.length, MAX_ADDRESSES); i++) {
      try {
        return open(origin, new InetSocketAddress(addresses[i], origin.port()), deadlineNanos);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private static Connection open(Origin origin, InetSocketAddress address, long deadlineNanos)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean opened = false;
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Socket plain = channel.socket();
      plain.connect(address, remainingMillis(deadlineNanos));
      Socket socket = origin.tls() ? tls(plain, origin, deadlineNanos) : plain;
      Connection connection = new Connection(channel, socket);
      opened = true;
      return connection;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  private static Socket tls(Socket plain, Origin origin, long deadlineNanos) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket tls = (SSLSocket) factory.createSocket(plain, origin.address(), origin.port(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.setSoTimeout(remainingMillis(deadlineNanos));
    tls.startHandshake();
    return tls;
  }

  void deadline(long nanos) {
    this.deadlineNanos = nanos;
  }

  boolean isOverdue(long nowNanos) {
    return nowNanos - deadlineNanos > 0;
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The next byte, or −1 at the end. */
  int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xFF;
  }

  /** Up to {@code length} bytes, or −1 at the end. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    socket.setSoTimeout(remainingMillis(deadlineNanos));
    limit = Math.max(0, in.read(buffer, 0, BUFFER));
    position = 0;
    return limit > 0;
  }

  void idle(long maxIdleSeconds) {
    idleSinceNanos = System.nanoTime();
    if (maxIdleSeconds > 0) {
      maxIdleNanos = Math.min(maxIdleNanos, TimeUnit.SECONDS.toNanos(maxIdleSeconds));
    }
  }

  boolean isIdleTooLong(long nowNanos) {
    return nowNanos - idleSinceNanos > maxIdleNanos;
  }

  /**
   * False if the server has closed an idle connection, or sent what nobody asked for. Writing to it
   * would make the outcome of an innocent request unknown.
   */
  boolean isStillOpen() {
    if (position != limit) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
      channel.configureBlocking(true);
      return silent;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      // The channel, not the TLS socket: a polite goodbye could wait for a server that hangs.
      channel.close();
    } catch (IOException e) {
      // Closed as well as can be.
    }
  }

  private static int remainingMillis(long deadlineNanos) throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException("the deadline has passed");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
