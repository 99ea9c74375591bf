package dev.herald.runtime.process;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process has opened, closed in reverse order: who uses something goes before what it uses.
 * One that fails to close does not keep the others open.
 */
public final class Resources implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Resources.class);

  private record Owned(String name, AutoCloseable resource) {}

  private final Deque<Owned> owned = new ArrayDeque<>();

  /** Takes charge of closing the resource and returns it. */
  public <T extends AutoCloseable> T own(T resource) {
    return own(resource.getClass().getSimpleName(), resource);
  }

  public synchronized <T extends AutoCloseable> T own(String name, T resource) {
    owned.push(new Owned(name, resource));
    return resource;
  }

  @Override
  public synchronized void close() {
    while (!owned.isEmpty()) {
      Owned next = owned.pop();
      try {
        next.resource().close();
        log.debug("Closed {}", next.name());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.warn("Could not close {}", next.name(), e);
      }
    }
  }
}
