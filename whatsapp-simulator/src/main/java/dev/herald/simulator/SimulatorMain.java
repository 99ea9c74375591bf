package dev.herald.simulator;

import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/**
 * The simulator as a process of its own, configured by {@code HERALD_SIMULATOR_…} environment
 * variables.
 */
public final class SimulatorMain {
  private static final String LOGGING = "logback.configurationFile";
  private static final int BAD_CONFIGURATION = 2;

  private SimulatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    // Before the first logger: the configuration of this process, unless the operator names another
    // one.
    if (System.getProperty(LOGGING) == null) {
      System.setProperty(LOGGING, "simulator-logback.xml");
    }
    Simulator simulator;
    try {
      simulator = Simulator.start(SimulatorConfig.from(System.getenv()));
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(SimulatorMain.class)
          .error("The simulator does not start: {}", e.getMessage());
      System.exit(BAD_CONFIGURATION);
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("simulator-shutdown")
                .unstarted(
                    () -> {
                      simulator.close();
                      stopped.countDown();
                    }));
    stopped.await();
  }
}
