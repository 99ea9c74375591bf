package dev.herald.reliability.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Browsers that ask for a campaign's live figures and then never read what they are sent. */
public final class SlowWatchers implements AutoCloseable {
  private static final int SMALLEST_BUFFER = 1024;
  private static final int PATIENCE_MILLIS = 2000;

  private final List<Socket> sockets = new ArrayList<>();

  private SlowWatchers() {}

  /** Opens so many; those that the gateway does not take just now are left out. */
  public static SlowWatchers open(URI gateway, String apiKey, String campaign, int count) {
    SlowWatchers watchers = new SlowWatchers();
    for (int i = 0; i < count; i++) {
      watchers.add(gateway, apiKey, campaign);
    }
    return watchers;
  }

  private void add(URI gateway, String apiKey, String campaign) {
    Socket socket = new Socket();
    sockets.add(socket);
    try {
      socket.setReceiveBufferSize(SMALLEST_BUFFER);
      socket.connect(new InetSocketAddress(gateway.getHost(), gateway.getPort()), PATIENCE_MILLIS);
      String request =
          "GET /api/v1/campaigns/%s/analytics:watch HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
              .formatted(campaign, gateway.getAuthority(), apiKey);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It is down just now.
    }
  }

  @Override
  public void close() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // Closed by the other side.
      }
    }
  }
}
