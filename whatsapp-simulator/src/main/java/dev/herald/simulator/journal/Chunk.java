package dev.herald.simulator.journal;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Messages that follow each other, column by column: about 110 bytes each, callback data and
 * indexes included when it is short. Guarded by the journal's lock.
 */
final class Chunk {
  static final int SIZE = 1 << 15;

  private static final int INDEX = SIZE * 2;

  final long firstId;
  int size;

  final long[] to = new long[SIZE];
  final long[] waId = new long[SIZE];
  final long[] acceptedAt = new long[SIZE];
  final int[] number = new int[SIZE];
  final int[] facts = new int[SIZE];
  final int[] template = new int[SIZE];
  final int[] failure = new int[SIZE];
  final int[] scenario = new int[SIZE];
  final short[] planned = new short[SIZE];
  final short[] emitted = new short[SIZE];
  final short[] acknowledged = new short[SIZE];

  private final int[] callbackEnd = new int[SIZE];
  private byte[] callbacks = new byte[4096];

  /**
   * Row + 1 by hash of the callback data and of the recipient; open addressing, several rows may
   * share a value.
   */
  private final int[] byCallback = new int[INDEX];

  private final int[] byRecipient = new int[INDEX];

  Chunk(long firstId) {
    this.firstId = firstId;
  }

  boolean isFull() {
    return size == SIZE;
  }

  long lastId() {
    return firstId + size - 1;
  }

  /**
   * Opens the next row with the values that are looked up by; the caller fills the other columns.
   */
  int add(long recipient, byte[] callback) {
    int row = size++;
    int start = callbackStart(row);
    int end = start + callback.length;
    if (end > callbacks.length) {
      callbacks = Arrays.copyOf(callbacks, Math.max(end, callbacks.length * 2));
    }
    System.arraycopy(callback, 0, callbacks, start, callback.length);
    callbackEnd[row] = end;
    to[row] = recipient;
    insert(byRecipient, hash(recipient), row);
    insert(byCallback, hash(callback), row);
    return row;
  }

  byte[] callback(int row) {
    return Arrays.copyOfRange(callbacks, callbackStart(row), callbackEnd[row]);
  }

  boolean callbackStartsWith(int row, byte[] prefix) {
    int start = callbackStart(row);
    return callbackEnd[row] - start >= prefix.length
        && Arrays.equals(callbacks, start, start + prefix.length, prefix, 0, prefix.length);
  }

  boolean callbackIs(int row, byte[] callback) {
    return callbackEnd[row] - callbackStart(row) == callback.length
        && callbackStartsWith(row, callback);
  }

  void rowsOfCallback(byte[] callback, IntConsumer row) {
    for (int slot = hash(callback); byCallback[slot] != 0; slot = (slot + 1) & (INDEX - 1)) {
      if (callbackIs(byCallback[slot] - 1, callback)) {
        row.accept(byCallback[slot] - 1);
      }
    }
  }

  void rowsOfRecipient(long recipient, IntConsumer row) {
    for (int slot = hash(recipient); byRecipient[slot] != 0; slot = (slot + 1) & (INDEX - 1)) {
      if (to[byRecipient[slot] - 1] == recipient) {
        row.accept(byRecipient[slot] - 1);
      }
    }
  }

  private int callbackStart(int row) {
    return row == 0 ? 0 : callbackEnd[row - 1];
  }

  private static void insert(int[] index, int hash, int row) {
    int slot = hash;
    while (index[slot] != 0) {
      slot = (slot + 1) & (INDEX - 1);
    }
    index[slot] = row + 1;
  }

  private static int hash(long value) {
    return (int) ((value * 0x9E3779B97F4A7C15L) >>> 40) & (INDEX - 1);
  }

  private static int hash(byte[] value) {
    return hash(Arrays.hashCode(value) & 0xFFFFFFFFL);
  }
}
