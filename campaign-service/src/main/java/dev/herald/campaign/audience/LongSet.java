package dev.herald.campaign.audience;

/**
 * A set of positive longs in 8 to 16 bytes each: the numbers of an audience of a million fit in 16
 * MiB, so duplicates are found without asking the database.
 */
final class LongSet {
  private static final int INITIAL = 1024;

  private long[] slots = new long[INITIAL];
  private int size;

  /** True if the number was not in the set. */
  boolean add(long number) {
    int slot = slotOf(number);
    if (slots[slot] == number) {
      return false;
    }
    slots[slot] = number;
    size++;
    if (size > slots.length / 4 * 3) {
      grow();
    }
    return true;
  }

  private int slotOf(long number) {
    int mask = slots.length - 1;
    long mixed = number * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (slots[slot] != 0 && slots[slot] != number) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    for (long number : old) {
      if (number != 0) {
        slots[slotOf(number)] = number;
      }
    }
  }
}
