package dev.herald.standalone;

import dev.herald.runtime.process.ServiceProcess;

/** Starts everything, says where it is, and stops cleanly on Ctrl-C or SIGTERM. */
public final class StandaloneMain {
  private StandaloneMain() {}

  public static void main(String[] arguments) {
    ServiceProcess.run(
        "standalone",
        (settings, resources) -> {
          Herald herald =
              resources.own(Herald.start(StandaloneConfig.from(settings, System.getenv())));
          herald.prepareFirstLook();
          System.out.println(Banner.of(herald));
        });
  }
}
