package dev.herald.simulator.limit;

/**
 * One moment per (phone number of the business, person), in two plain arrays: a million of them
 * take 32 MiB. Entries whose moment has passed are forgotten when the table would grow. Safe for
 * concurrent use.
 */
public final class PersonTimes {
  /** Phone numbers that fit into a key beside a person's fifteen digits. */
  public static final int MOST_NUMBERS = 1 << 12;

  private long[] keys = new long[1024];
  private long[] times = new long[1024];
  private int used;

  /**
   * Decides the moment that replaces {@code current} (0 if there is none); a negative answer leaves
   * it as it is.
   */
  @FunctionalInterface
  interface Change {
    long apply(long current);
  }

  private static long key(int number, long person) {
    return (person << 12) | number;
  }

  public synchronized long get(int number, long person) {
    int slot = slot(keys, key(number, person));
    return keys[slot] == 0 ? 0 : times[slot];
  }

  public synchronized void put(int number, long person, long time, long now) {
    change(number, person, now, current -> time);
  }

  synchronized long change(int number, long person, long now, Change change) {
    long key = key(number, person);
    int slot = slot(keys, key);
    boolean known = keys[slot] == key;
    long changed = change.apply(known ? times[slot] : 0);
    if (changed < 0) {
      return changed;
    }
    if (known) {
      times[slot] = changed;
      return changed;
    }
    if (used >= keys.length / 2) {
      rebuild(now);
      slot = slot(keys, key);
    }
    keys[slot] = key;
    times[slot] = changed;
    used++;
    return changed;
  }

  public synchronized void clear() {
    keys = new long[1024];
    times = new long[1024];
    used = 0;
  }

  private void rebuild(long now) {
    int live = 0;
    for (int i = 0; i < keys.length; i++) {
      live += keys[i] != 0 && times[i] > now ? 1 : 0;
    }
    int size = Math.max(1024, Integer.highestOneBit(Math.max(1, live)) << 3);
    long[] newKeys = new long[size];
    long[] newTimes = new long[size];
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0 && times[i] > now) {
        int slot = slot(newKeys, keys[i]);
        newKeys[slot] = keys[i];
        newTimes[slot] = times[i];
      }
    }
    keys = newKeys;
    times = newTimes;
    used = live;
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
