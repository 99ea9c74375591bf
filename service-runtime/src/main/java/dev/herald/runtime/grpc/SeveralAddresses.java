package dev.herald.runtime.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A target of several addresses, {@code host:port,host:port}. Each host is looked up anew whenever
 * a connection is lost; one that is unknown just now is left out, unless all are. gRPC finds this
 * class by its service file.
 */
public final class SeveralAddresses extends NameResolverProvider {
  static final String SCHEME = "several";

  private static final Pattern ADDRESS =
      Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):(?<port>\\d{1,5})");

  /** True if a target is a list, rather than one address or gRPC's own form. */
  static boolean isList(String target) {
    return target.contains(",");
  }

  /** The target as gRPC wants it. */
  static String uri(String list) {
    for (String address : list.split(",")) {
      if (!ADDRESS.matcher(address.strip()).matches()) {
        throw new IllegalArgumentException("Not host:port,host:port: " + list);
      }
    }
    return SCHEME + ":///" + list.replaceAll("\\s", "").replace("[", "%5B").replace("]", "%5D");
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    String path = target.getPath();
    if (!SCHEME.equals(target.getScheme()) || path == null) {
      return null;
    }
    return new Resolver(Arrays.asList(path.substring(1).split(",")), args);
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  private static final class Resolver extends NameResolver {
    private final List<String> addresses;
    private final SynchronizationContext context;
    private final Executor executor;
    private @Nullable Listener2 listener;

    Resolver(List<String> addresses, Args args) {
      this.addresses = addresses;
      this.context = args.getSynchronizationContext();
      Executor offload = args.getOffloadExecutor();
      this.executor = offload == null ? Thread::startVirtualThread : offload;
    }

    @Override
    public String getServiceAuthority() {
      return addresses.getFirst();
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 told = Objects.requireNonNull(listener, "Not started");
      executor.execute(
          () -> {
            StatusOr<List<EquivalentAddressGroup>> found = lookUp();
            ResolutionResult result =
                ResolutionResult.newBuilder().setAddressesOrError(found).build();
            context.execute(() -> told.onResult2(result));
          });
    }

    @Override
    public void shutdown() {
      // Nothing is held between two look-ups.
    }

    private StatusOr<List<EquivalentAddressGroup>> lookUp() {
      List<EquivalentAddressGroup> groups = new ArrayList<>();
      Status failure = Status.UNAVAILABLE.withDescription("No address in " + addresses);
      for (String address : addresses) {
        var matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
          continue;
        }
        int port = Integer.parseInt(matcher.group("port"));
        // A certificate is held against the host it was found by.
        Attributes named =
            Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address)
                .build();
        try {
          for (InetAddress host : InetAddress.getAllByName(matcher.group("host"))) {
            groups.add(new EquivalentAddressGroup(new InetSocketAddress(host, port), named));
          }
        } catch (UnknownHostException e) {
          failure = Status.UNAVAILABLE.withDescription("Unknown host in " + address);
        }
      }
      return groups.isEmpty() ? StatusOr.fromStatus(failure) : StatusOr.fromValue(groups);
    }
  }
}
