package dev.herald.gateway.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks up the addresses of a host. */
@FunctionalInterface
public interface HostNames {
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /** The names as this machine knows them. */
  static HostNames ofSystem() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
