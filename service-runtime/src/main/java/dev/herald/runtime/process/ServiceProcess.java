package dev.herald.runtime.process;

import dev.herald.runtime.config.Settings;
import dev.herald.runtime.trace.LogSettings;
import dev.herald.runtime.trace.TraceConfig;
import dev.herald.runtime.trace.Tracing;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The life of a service's process: assemble, serve until SIGTERM or Ctrl-C, close in reverse. */
public final class ServiceProcess {
  private static final Logger log = LoggerFactory.getLogger(ServiceProcess.class);
  private static final long CLOSE_SECONDS = 60;
  private static final int EXIT_OPERATOR = 2;
  private static final int EXIT_FAILURE = 1;

  /** Builds and starts a service, handing everything that must be closed to {@code resources}. */
  @FunctionalInterface
  public interface Assembly {
    void start(Settings settings, Resources resources) throws Exception;
  }

  private ServiceProcess() {}

  /** Runs the service and returns when the process has been asked to stop and all is closed. */
  public static void run(String name, Assembly assembly) {
    useOneLog();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    // Before anything is opened: a signal during the start is heeded when the start is done.
    Runtime.getRuntime().addShutdownHook(hook(stop, closed));
    int exit = runUntil(stop, name, assembly);
    closed.countDown();
    if (exit != 0) {
      System.exit(exit);
    }
  }

  private static int runUntil(CountDownLatch stop, String name, Assembly assembly) {
    try (Resources resources = new Resources()) {
      long begin = System.nanoTime();
      Settings settings = Settings.ofEnvironment();
      LogSettings.check(settings);
      resources.own("traces", Tracing.start(TraceConfig.from(settings), name));
      assembly.start(settings, resources);
      log.info("Settings {}", settings.summary());
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      log.info("Started service={} millis={}", name, millis);
      stop.await();
      log.info("Stopping service={}", name);
    } catch (StartException e) {
      log.error("Cannot start service={}: {}", name, e.getMessage());
      return EXIT_OPERATOR;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | LinkageError e) {
      log.error("Cannot start service={}", name, e);
      return EXIT_FAILURE;
    }
    log.info("Stopped service={}", name);
    return 0;
  }

  /** Sends what libraries log through java.util.logging to the same log as everything else. */
  public static void useOneLog() {
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }

  // The JVM halts when its hooks have returned, so this one waits until all is closed.
  private static Thread hook(CountDownLatch stop, CountDownLatch closed) {
    return Thread.ofPlatform()
        .name("stop")
        .unstarted(
            () -> {
              stop.countDown();
              try {
                if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                  log.warn("Not everything could be closed in time");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
