package dev.herald.gateway.egress;

import dev.herald.gateway.http.Network;
import dev.herald.runtime.HeraldException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where requests on behalf of users may go: to public addresses, and to networks the operator
 * allows. A host goes if each of its addresses may; the addresses that were checked are those a
 * connection is made to, so that a name cannot change its meaning in between.
 */
public final class EgressPolicy {
  private static final Duration LOOK_UP = Duration.ofSeconds(5);
  private static final int MOST_ADDRESSES = 32;

  private static final String NOT_PUBLIC =
      "The host of the address must be known, and have public addresses only.";

  /** Everything of IPv4 that is not the public internet, and what clouds answer on from within. */
  private static final List<Network> NOT_PUBLIC_4 =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "168.63.129.16",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  /** Of IPv6 only this is given out, and not all of it to hosts; the rest hides IPv4 addresses. */
  private static final Network GLOBAL_6 = Network.parse("2000::/3");

  private static final List<Network> NOT_PUBLIC_6 =
      networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

  private final List<Network> allowed;
  private final HostNames names;

  /**
   * @param allowed networks that may be reached although they are not public
   */
  public EgressPolicy(List<Network> allowed, HostNames names) {
    this.allowed = allowed;
    this.names = names;
  }

  /** Says why an address must not be a target, or returns it parsed. */
  public URI requireTarget(String field, String address) {
    URI target = parse(field, address);
    try {
      List<InetAddress> addresses = resolve(target.getHost());
      boolean encrypted = "https".equals(target.getScheme());
      if (!encrypted && !addresses.stream().allMatch(this::isAllowed)) {
        throw HeraldException.invalid(
            field, "URL_NOT_HTTPS", "The address must begin with https://.");
      }
    } catch (UnknownHostException e) {
      throw HeraldException.invalid(field, "URL_NOT_PUBLIC", NOT_PUBLIC);
    }
    return target;
  }

  private static URI parse(String field, String address) {
    try {
      URI target = new URI(address);
      String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
      boolean usable =
          (scheme.equals("https") || scheme.equals("http"))
              && target.getHost() != null
              && target.getRawUserInfo() == null
              && target.getRawFragment() == null
              && target.getPort() != 0
              && target.getPort() <= 65_535;
      if (usable) {
        return target;
      }
    } catch (URISyntaxException e) {
      // Answered below.
    }
    throw HeraldException.invalid(
        field,
        "URL_INVALID",
        "This must be an address such as https://example.com/herald, without user and fragment.");
  }

  /**
   * The addresses of a host.
   *
   * @throws UnknownHostException if it has none, or one of them must not be reached
   */
  List<InetAddress> resolve(String host) throws UnknownHostException {
    List<InetAddress> addresses = lookUp(unbracketed(host));
    if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
      throw new UnknownHostException(NOT_PUBLIC);
    }
    for (InetAddress address : addresses) {
      if (!isPublic(address) && !isAllowed(address)) {
        throw new UnknownHostException(NOT_PUBLIC);
      }
    }
    return addresses;
  }

  // The system's look-up has no deadline of its own.
  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    FutureTask<List<InetAddress>> task = new FutureTask<>(() -> names.addresses(host));
    Thread.ofVirtual().name("look-up").start(task);
    try {
      return task.get(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new UnknownHostException(NOT_PUBLIC);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("Interrupted");
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private boolean isAllowed(InetAddress address) {
    return allowed.stream().anyMatch(network -> network.contains(address));
  }

  // An IPv4 address inside an IPv6 one (::ffff:127.0.0.1) has become an IPv4 address before.
  static boolean isPublic(InetAddress address) {
    if (address.getAddress().length == 4) {
      return NOT_PUBLIC_4.stream().noneMatch(network -> network.contains(address));
    }
    return GLOBAL_6.contains(address)
        && NOT_PUBLIC_6.stream().noneMatch(network -> network.contains(address));
  }

  private static List<Network> networks(String... texts) {
    return List.of(texts).stream().map(Network::parse).toList();
  }
}
