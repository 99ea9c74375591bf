package dev.herald.simulator.journal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every send request that reached the simulator: when, for which number, and what became of it.
 * Bounded: the oldest are dropped. Safe for concurrent use.
 */
public final class Attempts {
  /**
   * The result of an attempt that was accepted, whatever was answered; other results are error
   * codes.
   */
  public static final int ACCEPTED = 0;

  /** The result of an attempt whose connection was reset before it was taken. */
  public static final int RESET = -1;

  private static final int SIZE = 1 << 16;

  private static final class Block {
    final long[] at = new long[SIZE];
    final short[] number = new short[SIZE];
    final int[] result = new int[SIZE];
    int size;
  }

  private final Deque<Block> blocks = new ArrayDeque<>();
  private final int mostBlocks;
  private long dropped;
  private final Map<Integer, Long> counts = new TreeMap<>();

  Attempts(int limit) {
    mostBlocks = Math.max(2, limit / SIZE);
  }

  synchronized void add(long at, int number, int result) {
    Block block = blocks.peekLast();
    if (block == null || block.size == SIZE) {
      block = new Block();
      blocks.addLast(block);
      if (blocks.size() > mostBlocks) {
        dropped += blocks.removeFirst().size;
      }
    }
    block.at[block.size] = at;
    block.number[block.size] = (short) number;
    block.result[block.size] = result;
    block.size++;
    counts.merge(result, 1L, Long::sum);
  }

  /** How many attempts there were by result. */
  public synchronized Map<Integer, Long> counts() {
    return new TreeMap<>(counts);
  }

  public synchronized long dropped() {
    return dropped;
  }

  /**
   * How fast messages came.
   *
   * @param number place of the phone number in the directory, or -1 for all
   * @param acceptedOnly leaves refused attempts out
   * @param since microseconds since 1970; earlier ones are left out
   * @param window microseconds
   */
  public Rate rate(int number, boolean acceptedOnly, long since, long window) {
    return Rate.of(times(number, acceptedOnly, since), window);
  }

  private synchronized long[] times(int number, boolean acceptedOnly, long since) {
    int total = blocks.stream().mapToInt(block -> block.size).sum();
    long[] times = new long[total];
    int found = 0;
    for (Block block : blocks) {
      for (int i = 0; i < block.size; i++) {
        boolean meant =
            (number < 0 || block.number[i] == number)
                && (!acceptedOnly || block.result[i] == ACCEPTED)
                && block.at[i] >= since;
        if (meant) {
          times[found++] = block.at[i];
        }
      }
    }
    long[] meant = Arrays.copyOf(times, found);
    Arrays.sort(meant);
    return meant;
  }

  synchronized void clear() {
    blocks.clear();
    counts.clear();
    dropped = 0;
  }

  /**
   * Times in microseconds since 1970.
   *
   * @param worstWindow the most attempts in any stretch of the asked length
   * @param worstWindowAt when that stretch began
   */
  public record Rate(long count, long firstAt, long lastAt, long worstWindow, long worstWindowAt) {

    /**
     * @param times ascending, in microseconds
     * @param window microseconds
     */
    public static Rate of(long[] times, long window) {
      int worst = 0;
      long worstAt = 0;
      int from = 0;
      for (int i = 0; i < times.length; i++) {
        while (times[i] - times[from] >= window) {
          from++;
        }
        if (i - from + 1 > worst) {
          worst = i - from + 1;
          worstAt = times[from];
        }
      }
      return times.length == 0
          ? new Rate(0, 0, 0, 0, 0)
          : new Rate(times.length, times[0], times[times.length - 1], worst, worstAt);
    }
  }
}
