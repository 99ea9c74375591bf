package dev.herald.gateway.http;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a request really comes from. {@code X-Forwarded-For} counts only as far as our own proxies
 * wrote it: anybody can send the header.
 */
public final class ClientAddress {
  private final List<Network> proxies;

  /**
   * @param trustedProxies addresses or networks (10.0.0.0/8) of proxies in front of the gateway
   */
  public ClientAddress(List<String> trustedProxies) {
    this.proxies = trustedProxies.stream().map(Network::parse).toList();
  }

  /** The client's address. */
  public String of(Context ctx) {
    String peer = ctx.req().getRemoteAddr();
    if (proxies.isEmpty() || !isProxy(peer)) {
      return peer;
    }
    List<String> hops = new ArrayList<>();
    for (String header : Collections.list(ctx.req().getHeaders("X-Forwarded-For"))) {
      hops.addAll(List.of(header.split(",", -1)));
    }
    String client = peer;
    for (String hop : hops.reversed()) {
      if (!isAddress(hop.strip())) {
        return client;
      }
      client = hop.strip();
      if (!isProxy(client)) {
        return client;
      }
    }
    return client;
  }

  /** True if the request came over no network, and no proxy says otherwise. */
  public boolean isLocal(Context ctx) {
    return Network.address(ctx.req().getRemoteAddr()).isLoopbackAddress()
        && ctx.header("X-Forwarded-For") == null
        && ctx.header("Forwarded") == null;
  }

  private boolean isProxy(String address) {
    return isAddress(address)
        && proxies.stream().anyMatch(network -> network.contains(Network.address(address)));
  }

  private static boolean isAddress(String text) {
    try {
      InetAddress unused = InetAddress.ofLiteral(text);
      return unused != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
