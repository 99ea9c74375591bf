package dev.herald.reliability.stack;

import dev.herald.runtime.process.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An installation in which every service runs in several copies. The copies find each other by
 * lists of addresses, over which gRPC spreads their calls; WhatsApp and clients reach the gateways
 * through a {@link Balancer} at the address of the one gateway there was before.
 */
public final class Fleet implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(120);

  private final Installation installation;
  private final Map<String, Jvm> copies = new LinkedHashMap<>();
  private final Map<String, List<Integer>> ports = new HashMap<>();
  private final Balancer balancer;

  private Fleet(Installation installation, int instances) throws IOException {
    this.installation = installation;
    for (String service : Installation.SERVICES) {
      ports.put(service, Stream.generate(FreePorts::next).limit(instances).toList());
    }
    for (String service : Installation.SERVICES) {
      installation.part(service).retire();
      for (int i = 0; i < instances; i++) {
        String name = service + "-" + (char) ('a' + i);
        copies.put(name, copy(service, name, i));
      }
    }
    this.balancer = Balancer.open(installation.number("gateway"), port("gateway"));
    copies.values().forEach(Jvm::start);
    copies.values().forEach(copy -> copy.awaitReady(installation.http(), READY));
  }

  /** Replaces each service of an installation by so many of its kind; all are ready on return. */
  public static Fleet of(Installation installation, int instances) throws IOException {
    return new Fleet(installation, instances);
  }

  /** The names of all copies: billing-a, billing-b, analytics-a… */
  public List<String> names() {
    return List.copyOf(copies.keySet());
  }

  /** Kills some at once (SIGKILL), as when a machine dies, and starts them; ready on return. */
  public void killAndRestart(List<String> names) {
    List<Jvm> killed = names.stream().map(this::part).toList();
    killed.forEach(Jvm::kill);
    killed.forEach(Jvm::start);
    killed.forEach(copy -> copy.awaitReady(installation.http(), READY));
  }

  /** Replaces one as a rolling upgrade does it (SIGTERM); its successor is ready on return. */
  public void replace(String name) {
    Jvm copy = part(name);
    copy.terminate();
    copy.start();
    copy.awaitReady(installation.http(), READY);
  }

  @Override
  public void close() {
    copies.values().forEach(Jvm::retire);
    balancer.close();
  }

  private Jvm part(String name) {
    return Objects.requireNonNull(copies.get(name), name);
  }

  private List<Integer> port(String service) {
    return Objects.requireNonNull(ports.get(service), service);
  }

  private Jvm copy(String service, String name, int index) throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("HERALD_DB_POOL", "8");
    settings.put("HERALD_BILLING_TARGET", targets("billing"));
    settings.put("HERALD_ANALYTICS_TARGET", targets("analytics"));
    settings.put("HERALD_CAMPAIGN_TARGET", targets("campaign"));
    int port = port(service).get(index);
    int ops = port;
    if (service.equals("gateway")) {
      settings.put("HERALD_HTTP_PORT", Integer.toString(port));
    } else {
      ops = FreePorts.next();
      settings.put("HERALD_GRPC_PORT", Integer.toString(port));
      settings.put("HERALD_OPS_PORT", Integer.toString(ops));
    }
    return installation
        .part(service)
        .copy(name, settings, URI.create("http://127.0.0.1:" + ops + "/readyz"));
  }

  private String targets(String service) {
    List<String> all = new ArrayList<>();
    port(service).forEach(port -> all.add("127.0.0.1:" + port));
    return String.join(",", all);
  }
}
