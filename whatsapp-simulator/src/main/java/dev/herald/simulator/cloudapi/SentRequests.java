package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The bodies of the last sends, to look at by hand. */
public final class SentRequests {
  private static final int MOST = 500;

  /**
   * A send.
   *
   * @param result 0 if it was taken, else the error code
   */
  public record Sent(long at, String phoneNumberId, int result, JsonNode body) {}

  private final Deque<Sent> last = new ArrayDeque<>();

  synchronized void add(Sent sent) {
    last.addLast(sent);
    if (last.size() > MOST) {
      last.removeFirst();
    }
  }

  /** The newest first. */
  public synchronized List<Sent> newest(int most) {
    List<Sent> newest = new ArrayList<>();
    last.descendingIterator().forEachRemaining(newest::add);
    return newest.subList(0, Math.min(most, newest.size()));
  }

  public synchronized void clear() {
    last.clear();
  }
}
