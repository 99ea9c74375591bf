package dev.herald.runtime.crash;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A place where a process may die as if by kill -9: before and after each commit, each send and
 * each acknowledgement. Tests of whole processes arm one; docs/reliability.md lists them all.
 *
 * <p>Without the system property {@value #PROPERTY} nothing happens here, at no cost: the compiler
 * sees a constant null. Static, because the points lie in the innermost classes and none of these
 * should take a parameter that means nothing in production.
 */
public final class CrashPoint {
  /** Names the file in which a test writes the point and which hit of it ends the process. */
  public static final String PROPERTY = "herald.crash.file";

  private static final @Nullable ArmedPoint ARMED = armed();

  private CrashPoint() {}

  /** Ends the process if this is the point, and the hit, that a test waits for. */
  public static void reached(String name) {
    if (ARMED != null) {
      ARMED.reached(name);
    }
  }

  private static @Nullable ArmedPoint armed() {
    String file = System.getProperty(PROPERTY, "");
    return file.isEmpty()
        ? null
        : ArmedPoint.watch(Path.of(file), () -> Runtime.getRuntime().halt(137));
  }
}
