package dev.herald.standalone;

import dev.herald.runtime.process.ServiceProcess;

/** Starts everything, says where it is, and stops cleanly on Ctrl-C or SIGTERM. */
public final class StandaloneMain {
  private static final String END_WITH_PARENT = "herald.end-with-parent";

  private StandaloneMain() {}

  public static void main(String[] arguments) {
    if (Boolean.getBoolean(END_WITH_PARENT)) {
      endWithParent();
    }
    ServiceProcess.run(
        "standalone",
        (settings, resources) -> {
          Herald herald =
              resources.own(Herald.start(StandaloneConfig.from(settings, System.getenv())));
          herald.prepareFirstLook();
          System.out.println(Banner.of(herald));
        });
  }

  // Maven starts this process and does not pass a SIGTERM on.
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent -> {
              var _ = parent.onExit().thenRun(() -> System.exit(0));
            });
  }
}
