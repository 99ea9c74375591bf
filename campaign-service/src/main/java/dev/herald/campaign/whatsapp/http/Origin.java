package dev.herald.campaign.whatsapp.http;

import java.net.URI;
import java.util.Locale;

/** A server: scheme, host and port. */
public record Origin(boolean tls, String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** The server of an http or https address without a path. */
  public static Origin of(URI address) {
    String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    String host = address.getHost();
    boolean tls = scheme.equals("https");
    String path = address.getPath() == null ? "" : address.getPath();
    if (host == null || !(tls || scheme.equals("http")) || !(path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException(
          "Not the address of a server, such as https://graph.facebook.com: " + address);
    }
    int standard = tls ? HTTPS : HTTP;
    return new Origin(tls, host, address.getPort() < 0 ? standard : address.getPort());
  }

  /** As the Host header has it. */
  String authority() {
    return port == (tls ? HTTPS : HTTP) ? host : host + ":" + port;
  }

  /** The host without the brackets of an IPv6 address. */
  String address() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
