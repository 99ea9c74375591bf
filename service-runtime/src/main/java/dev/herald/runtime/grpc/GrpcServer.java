package dev.herald.runtime.grpc;

import build.buf.protovalidate.ValidatorFactory;
import dev.herald.runtime.access.Authentication;
import dev.herald.runtime.config.SettingException;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's gRPC server: blocking handlers on virtual threads, a bounded number of calls, a
 * proven {@link dev.herald.runtime.access.Caller} for each, and the contract's rules checked before
 * a handler sees a request. A handler throws {@link dev.herald.runtime.HeraldException}; nothing
 * else it throws reaches a caller.
 */
public final class GrpcServer implements AutoCloseable {
  /** Deadline of a unary call whose caller set none. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);
  private static final Duration DRAIN = Duration.ofSeconds(20);
  private static final Duration ABORT = Duration.ofSeconds(5);
  private static final int DRAIN_STEP_MILLIS = 20;
  private static final int QUIET_STEPS = 5;

  private final Server server;
  private final StreamInterceptor streams;
  private final LimitInterceptor limit;
  private final HealthReporter health;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean closing = new AtomicBoolean();

  private GrpcServer(
      Server server,
      StreamInterceptor streams,
      LimitInterceptor limit,
      HealthReporter health,
      ScheduledExecutorService timer) {
    this.server = server;
    this.streams = streams;
    this.limit = limit;
    this.health = health;
    this.timer = timer;
  }

  /** A plain-text server on loopback. */
  public static Builder builder(int port, Authentication authentication, MeterRegistry metrics) {
    return builder(GrpcServerConfig.local(port), authentication, metrics);
  }

  public static Builder builder(
      GrpcServerConfig config, Authentication authentication, MeterRegistry metrics) {
    return new Builder(config, authentication, metrics);
  }

  /** The port the server listens on. */
  public int port() {
    return server.getPort();
  }

  /**
   * Stops taking calls, ends streams, whose clients connect again elsewhere, and lets calls under
   * way finish for at most 20 seconds.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    health.close();
    server.shutdown();
    streams.endAll();
    try {
      awaitQuiet();
      server.shutdownNow();
      if (!server.awaitTermination(ABORT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("gRPC server did not end in time calls={}", limit.callsInFlight());
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      timer.shutdownNow();
    }
  }

  // A client hears of the shutdown a moment later, so one idle look is not enough.
  private void awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + DRAIN.toNanos();
    int quiet = 0;
    while (quiet < QUIET_STEPS && System.nanoTime() < end) {
      if (server.awaitTermination(DRAIN_STEP_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      quiet = limit.callsInFlight() == 0 ? quiet + 1 : 0;
    }
  }

  /** What the server serves and how much it takes. */
  public static final class Builder {
    private static final int DEFAULT_MAX_INBOUND_BYTES = 4 * 1024 * 1024;
    private static final int MAX_METADATA_BYTES = 8 * 1024;
    private static final int MAX_STREAMS = 2048;
    private static final int MAX_RESETS = 5_000;
    private static final int RESET_WINDOW_SECONDS = 30;

    private final GrpcServerConfig config;
    private final Authentication authentication;
    private final MeterRegistry metrics;
    private final List<BindableService> services = new ArrayList<>();
    private BooleanSupplier readiness = () -> true;
    private int maxInboundBytes = DEFAULT_MAX_INBOUND_BYTES;
    private Duration defaultDeadline = DEFAULT_DEADLINE;

    private Builder(GrpcServerConfig config, Authentication authentication, MeterRegistry metrics) {
      this.config = config;
      this.authentication = authentication;
      this.metrics = metrics;
    }

    public Builder service(BindableService service) {
      services.add(service);
      return this;
    }

    /** What the health service reports; asked every two seconds. */
    public Builder readiness(BooleanSupplier ready) {
      this.readiness = ready;
      return this;
    }

    /** Largest request; 4 MiB unless said otherwise. */
    public Builder maxInboundBytes(int bytes) {
      this.maxInboundBytes = bytes;
      return this;
    }

    /** Deadline of a unary call whose caller set none; 30 seconds unless said otherwise. */
    public Builder defaultDeadline(Duration deadline) {
      this.defaultDeadline = deadline;
      return this;
    }

    public GrpcServer start() {
      List<ServerServiceDefinition> definitions =
          services.stream().map(BindableService::bindService).toList();
      List<String> names =
          definitions.stream()
              .map(definition -> definition.getServiceDescriptor().getName())
              .toList();
      var timer =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("grpc-deadlines").factory());
      var streams = new StreamInterceptor();
      var limit = new LimitInterceptor(serverName(names), config.maxCalls(), MAX_STREAMS, metrics);
      var validation = new ValidationInterceptor(ValidatorFactory.newBuilder().build());
      // A deadline stands before the errors, so that they can tell it from other reasons to stop.
      List<ServerInterceptor> interceptors =
          List.of(
              new MetricsInterceptor(metrics),
              new DeadlineInterceptor(defaultDeadline, timer),
              new ErrorInterceptor(),
              streams,
              limit,
              new AccessInterceptor(authentication),
              new TraceInterceptor(),
              validation);
      NettyServerBuilder builder = transport();
      for (ServerServiceDefinition definition : definitions) {
        warnAboutClosedMethods(definition);
        validation.prepare(definition.getServiceDescriptor().getMethods());
        builder.addService(ServerInterceptors.interceptForward(definition, interceptors));
      }
      var health = new HealthReporter(names, readiness);
      builder.addService(health.service());
      if (config.reflection()) {
        builder.addService(ProtoReflectionServiceV1.newInstance());
      }
      Server server = listen(builder, timer);
      health.start();
      log.info(
          "gRPC server listening address={} port={} tls={} services={}",
          config.address(),
          server.getPort(),
          config.tls().isPresent(),
          names);
      return new GrpcServer(server, streams, limit, health, timer);
    }

    private Server listen(NettyServerBuilder builder, ScheduledExecutorService timer) {
      try {
        return builder.build().start();
      } catch (IOException e) {
        timer.shutdownNow();
        throw new UncheckedIOException(
            "The gRPC server cannot listen on " + config.address() + ":" + config.port(), e);
      }
    }

    // herald.billing.v1 of herald.billing.v1.WalletService
    private static String serverName(List<String> services) {
      String first = services.isEmpty() ? "none" : services.getFirst();
      return first.contains(".") ? first.substring(0, first.lastIndexOf('.')) : first;
    }

    private NettyServerBuilder transport() {
      var address = new InetSocketAddress(config.address(), config.port());
      return NettyServerBuilder.forAddress(address, credentials())
          .executor(Thread::startVirtualThread)
          .maxInboundMessageSize(maxInboundBytes)
          .maxInboundMetadataSize(MAX_METADATA_BYTES)
          .maxConcurrentCallsPerConnection(config.maxCalls() + MAX_STREAMS)
          .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
          .permitKeepAliveTime(30, TimeUnit.SECONDS)
          .permitKeepAliveWithoutCalls(false)
          .maxConnectionIdle(5, TimeUnit.MINUTES)
          .maxConnectionAge(30, TimeUnit.MINUTES)
          .maxConnectionAgeGrace(1, TimeUnit.MINUTES)
          .handshakeTimeout(5, TimeUnit.SECONDS);
    }

    private ServerCredentials credentials() {
      return config.tls().map(Builder::tls).orElseGet(InsecureServerCredentials::create);
    }

    private static ServerCredentials tls(GrpcServerConfig.Tls given) {
      TlsFiles files = new TlsFiles(given.reload());
      try {
        TlsServerCredentials.Builder tls =
            TlsServerCredentials.newBuilder()
                .keyManager(files.identity(given.certificate(), given.key()));
        if (given.clientAuthority().isPresent()) {
          tls.trustManager(files.clients(given.clientAuthority().get()))
              .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        }
        return tls.build();
      } catch (IOException | GeneralSecurityException e) {
        files.close();
        throw new SettingException(
            "The TLS files %s and %s cannot be used: %s"
                .formatted(given.certificate(), given.key(), e.getMessage()));
      }
    }

    private static void warnAboutClosedMethods(ServerServiceDefinition service) {
      service
          .getMethods()
          .forEach(
              method -> {
                if (MethodRules.of(method.getMethodDescriptor()).requires().isEmpty()) {
                  log.warn(
                      "Method is closed to everybody, its contract requires no role method={}",
                      method.getMethodDescriptor().getFullMethodName());
                }
              });
    }
  }
}
