package dev.herald.campaign.dispatch.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Looks at every moment that can be reached, nearest first, so that a counter-example is short. */
final class Explorer {
  private final Scope scope;
  private final Protocol protocol;
  private final Invariants invariants;
  private final Seen seen = new Seen();
  private int[] parents = new int[1 << 16];
  private int[] from = new int[1 << 18];
  private int[] to = new int[1 << 18];
  private int moves;

  private Explorer(Scope scope) {
    this.scope = scope;
    this.protocol = new Protocol(scope);
    this.invariants = new Invariants(scope);
  }

  /**
   * What was found.
   *
   * @param broken the first promise found broken, or ""
   * @param path the steps that lead there
   */
  record Result(int states, int moves, String broken, List<String> path) {
    boolean holds() {
      return broken.isEmpty();
    }

    @Override
    public String toString() {
      String looked = states + " states, " + moves + " steps: ";
      return looked + (holds() ? "everything holds" : broken + "\n  " + String.join("\n  ", path));
    }
  }

  static Result explore(Scope scope) {
    return new Explorer(scope).explore();
  }

  private Result explore() {
    visit(new World(scope), -1);
    for (int at = 0; at < seen.size; at++) {
      for (ProcessSteps.Move move : protocol.moves(world(at))) {
        if (!move.broken().isEmpty()) {
          return new Result(seen.size, moves, move.broken(), path(at, move.broken()));
        }
        edge(at, visit(move.after(), at));
      }
    }
    int stuck = cannotEnd();
    return stuck < 0
        ? new Result(seen.size, moves, "", List.of())
        : new Result(seen.size, moves, "P4: from here no way leads to an end", path(stuck, ""));
  }

  private World world(int id) {
    return World.unpacked(scope, seen.key(id));
  }

  private int visit(World world, int parent) {
    long[] packed = world.packed();
    int known = seen.find(packed);
    if (known >= 0) {
      return known;
    }
    int id = seen.size;
    seen.add(packed);
    if (id == parents.length) {
      parents = Arrays.copyOf(parents, id * 2);
    }
    parents[id] = parent;
    return id;
  }

  private void edge(int one, int other) {
    if (moves == from.length) {
      from = Arrays.copyOf(from, moves * 2);
      to = Arrays.copyOf(to, moves * 2);
    }
    from[moves] = one;
    to[moves] = other;
    moves++;
  }

  // Backwards from every end; what is never met has no way to one.
  private int cannotEnd() {
    int[] first = new int[seen.size + 1];
    for (int i = 0; i < moves; i++) {
      first[to[i] + 1]++;
    }
    for (int i = 1; i < first.length; i++) {
      first[i] += first[i - 1];
    }
    int[] before = new int[moves];
    int[] next = first.clone();
    for (int i = 0; i < moves; i++) {
      before[next[to[i]]++] = from[i];
    }
    boolean[] ends = new boolean[seen.size];
    int[] queue = new int[seen.size];
    int queued = 0;
    for (int i = 0; i < seen.size; i++) {
      if (invariants.isEnd(world(i))) {
        ends[i] = true;
        queue[queued++] = i;
      }
    }
    for (int done = 0; done < queued; done++) {
      for (int i = first[queue[done]]; i < first[queue[done] + 1]; i++) {
        if (!ends[before[i]]) {
          ends[before[i]] = true;
          queue[queued++] = before[i];
        }
      }
    }
    for (int i = 0; i < ends.length; i++) {
      if (!ends[i]) {
        return i;
      }
    }
    return -1;
  }

  // Walked again from the start, so that a process keeps its name all the way.
  private List<String> path(int end, String broken) {
    List<Integer> way = new ArrayList<>();
    for (int at = end; parents[at] >= 0; at = parents[at]) {
      way.add(at);
    }
    Collections.reverse(way);
    List<String> path = new ArrayList<>();
    World now = new World(scope);
    for (int next : way) {
      long[] wanted = seen.key(next);
      ProcessSteps.Move step =
          protocol.moves(now).stream()
              .filter(move -> Arrays.equals(move.after().packed(), wanted))
              .findFirst()
              .orElseThrow();
      path.add(step.name());
      now = step.after();
    }
    protocol.moves(now).stream()
        .filter(move -> !broken.isEmpty() && move.broken().equals(broken))
        .findFirst()
        .ifPresent(move -> path.add("and then: " + move.name()));
    return path;
  }

  /** The packed worlds by number, and their numbers: tables without an object per entry. */
  private static final class Seen {
    private static final int WIDTH = World.LONGS;

    private long[] keys = new long[WIDTH << 16];
    private int[] ids = new int[1 << 17];
    private int size;

    Seen() {
      Arrays.fill(ids, -1);
    }

    long[] key(int id) {
      return Arrays.copyOfRange(keys, id * WIDTH, (id + 1) * WIDTH);
    }

    int find(long[] key) {
      return ids[slot(key)];
    }

    void add(long[] key) {
      if ((size + 1) * 2 > ids.length) {
        ids = new int[ids.length * 2];
        Arrays.fill(ids, -1);
        for (int id = 0; id < size; id++) {
          ids[slot(key(id))] = id;
        }
      }
      if ((size + 1) * WIDTH > keys.length) {
        keys = Arrays.copyOf(keys, keys.length * 2);
      }
      System.arraycopy(key, 0, keys, size * WIDTH, WIDTH);
      ids[slot(key)] = size;
      size++;
    }

    private int slot(long[] key) {
      long hash = (key[0] * 31 + key[1]) * 0x9E3779B97F4A7C15L;
      hash = (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
      int mask = ids.length - 1;
      int slot = (int) (hash >>> 32) & mask;
      while (ids[slot] >= 0 && !Arrays.equals(key, key(ids[slot]))) {
        slot = slot + 1 & mask;
      }
      return slot;
    }
  }
}
