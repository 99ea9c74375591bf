package dev.herald.simulator.webhook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Updates waiting for their time, 36 bytes each, earliest first; what is due at the same moment
 * comes in the order it was added. Guarded by its owner's lock.
 */
final class UpdateHeap {
  private static final int LEAST = 256;

  private long[] due = new long[LEAST];
  private long[] order = new long[LEAST];
  private long[] id = new long[LEAST];
  private long[] happenedAt = new long[LEAST];
  private int[] what = new int[LEAST];
  private int size;
  private long added;

  int size() {
    return size;
  }

  /** When the earliest is due; {@code Long.MAX_VALUE} if there is none. */
  long nextDue() {
    return size == 0 ? Long.MAX_VALUE : due[0];
  }

  void push(long dueAt, UpdateRef update) {
    if (size == due.length) {
      resize(size * 2);
    }
    int hole = size++;
    long nth = added++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (due[parent] <= dueAt) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    set(hole, dueAt, nth, update);
  }

  UpdateRef pop() {
    UpdateRef first = new UpdateRef(id[0], what[0] & 0xFF, what[0] >>> 8, happenedAt[0]);
    size--;
    int hole = 0;
    while (true) {
      int child = 2 * hole + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (!before(child, size)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    move(size, hole);
    if (size < due.length / 8 && due.length > LEAST) {
      resize(due.length / 2);
    }
    return first;
  }

  /** Makes everything due at the given moment at the latest, in the order it would have come. */
  void pullForward(long moment) {
    List<UpdateRef> inOrder = new ArrayList<>(size);
    while (size > 0) {
      inOrder.add(pop());
    }
    inOrder.forEach(update -> push(moment, update));
  }

  void clear() {
    size = 0;
    resize(LEAST);
  }

  private boolean before(int one, int other) {
    return due[one] != due[other] ? due[one] < due[other] : order[one] < order[other];
  }

  private void move(int from, int to) {
    due[to] = due[from];
    order[to] = order[from];
    id[to] = id[from];
    happenedAt[to] = happenedAt[from];
    what[to] = what[from];
  }

  private void set(int at, long dueAt, long nth, UpdateRef update) {
    due[at] = dueAt;
    order[at] = nth;
    id[at] = update.id();
    happenedAt[at] = update.happenedAt();
    what[at] = update.attempt() << 8 | update.code();
  }

  private void resize(int length) {
    due = Arrays.copyOf(due, length);
    order = Arrays.copyOf(order, length);
    id = Arrays.copyOf(id, length);
    happenedAt = Arrays.copyOf(happenedAt, length);
    what = Arrays.copyOf(what, length);
  }
}
