package dev.herald.runtime.grpc;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the standard health service whether this process can work, for itself and each service. */
final class HealthReporter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthReporter.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final String WHOLE_SERVER = "";

  private final HealthStatusManager manager = new HealthStatusManager();
  private final List<String> services;
  private final BooleanSupplier readiness;
  private final CountDownLatch closed = new CountDownLatch(1);

  HealthReporter(List<String> services, BooleanSupplier readiness) {
    this.services = services;
    this.readiness = readiness;
  }

  BindableService service() {
    return manager.getHealthService();
  }

  /** Reports once before returning, so that a started server is never UNKNOWN. */
  void start() {
    report();
    Thread.ofVirtual().name("grpc-health").start(this::reportUntilClosed);
  }

  @Override
  public void close() {
    closed.countDown();
    manager.enterTerminalState();
  }

  private void reportUntilClosed() {
    try {
      while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        report();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report() {
    ServingStatus status = isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    manager.setStatus(WHOLE_SERVER, status);
    services.forEach(name -> manager.setStatus(name, status));
  }

  private boolean isReady() {
    try {
      return readiness.getAsBoolean();
    } catch (RuntimeException e) {
      log.warn("Readiness could not be determined", e);
      return false;
    }
  }
}
