package dev.herald.campaign.dispatch.model;

import dev.herald.campaign.campaign.CampaignStatus;
import java.util.Arrays;

/**
 * One moment: what the database holds, what each process remembers, what WhatsApp has taken. Sets
 * of recipients are bit masks.
 */
final class World {
  static final int PROCESSES = 2;
  static final int NOBODY = 2;
  static final int DEAD = 3;
  static final int MOST_LOST = 4;
  static final int LONGS = 2;

  /** How far time has come for a batch. */
  enum Phase {
    /** Its messages may be written. */
    WINDOW,
    /** No more writing; answers may come. */
    DRAINING,
    /** Nothing of it can be under way; it may be settled. */
    QUIET
  }

  /** What a process knows of one message of its batch. */
  enum Outcome {
    PENDING,
    /** Passed the last check; the first byte is about to leave. */
    READY,
    /** WhatsApp has taken it, and the answer is on its way. */
    TAKEN,
    /** Accepted, or refused for good. */
    KNOWN,
    /** No answer, or none that says anything. */
    UNKNOWN,
    /** Certainly not taken; to be tried again. */
    AGAIN;

    boolean underWay() {
      return this == READY || this == TAKEN;
    }
  }

  enum Step {
    IDLE,
    /** Its claiming transaction has locked the campaign and read its status. */
    CLAIMING,
    /** Has a batch. */
    WORKING,
    /** Has stored what the batch came to, and does not know it. */
    CLOSING
  }

  /** An instance of the campaign service; all of this is gone when it crashes. */
  static final class Process {
    Step step = Step.IDLE;
    boolean leaseValid;
    boolean outdated;
    boolean knowsIt;
    int batch;
    boolean stored;
    Phase phase = Phase.WINDOW;
    Outcome[] outcomes;

    Process(int recipients) {
      outcomes = new Outcome[recipients];
      Arrays.fill(outcomes, Outcome.PENDING);
    }

    Process(Process other) {
      step = other.step;
      leaseValid = other.leaseValid;
      outdated = other.outdated;
      knowsIt = other.knowsIt;
      batch = other.batch;
      stored = other.stored;
      phase = other.phase;
      outcomes = other.outcomes.clone();
    }

    void forgetBatch() {
      step = Step.IDLE;
      outdated = false;
      knowsIt = false;
      batch = 0;
      stored = false;
      phase = Phase.WINDOW;
      Arrays.fill(outcomes, Outcome.PENDING);
    }

    int those(Outcome outcome) {
      int mask = 0;
      for (int r = 0; r < outcomes.length; r++) {
        if (outcomes[r] == outcome && (batch & 1 << r) != 0) {
          mask |= 1 << r;
        }
      }
      return mask;
    }

    boolean anyUnderWay() {
      return Arrays.stream(outcomes).anyMatch(Outcome::underWay);
    }
  }

  /** A batch in the database whose owner does not know it any more. */
  record Lost(int batch, Phase phase) implements Comparable<Lost> {
    @Override
    public int compareTo(Lost other) {
      int byBatch = Integer.compare(batch, other.batch);
      return byBatch != 0 ? byBatch : phase.compareTo(other.phase);
    }
  }

  CampaignStatus status = CampaignStatus.LIVE;
  int cursor;
  int retry;
  int unconfirmed;
  int lease = NOBODY;
  boolean released;
  Lost[] lost = {};

  int known;
  int reported;

  boolean awaitingQuiet;
  boolean quiet;

  final Process[] processes;

  int handed;
  int allowedAgain;
  int crashes;
  int pauses;
  int stops;
  int personRetries;

  World(Scope scope) {
    processes = new Process[] {new Process(scope.recipients()), new Process(scope.recipients())};
    crashes = scope.crashes();
    pauses = scope.pauses();
    stops = scope.stops();
    personRetries = scope.personRetries();
  }

  World(World other) {
    status = other.status;
    cursor = other.cursor;
    retry = other.retry;
    unconfirmed = other.unconfirmed;
    lease = other.lease;
    released = other.released;
    lost = other.lost;
    known = other.known;
    reported = other.reported;
    awaitingQuiet = other.awaitingQuiet;
    quiet = other.quiet;
    processes = new Process[] {new Process(other.processes[0]), new Process(other.processes[1])};
    handed = other.handed;
    allowedAgain = other.allowedAgain;
    crashes = other.crashes;
    pauses = other.pauses;
    stops = other.stops;
    personRetries = other.personRetries;
  }

  /** Recipients about whom something is known for good. */
  int evidence() {
    return known | reported | unconfirmed;
  }

  boolean anyBatchStored() {
    return lost.length > 0 || processes[0].stored || processes[1].stored;
  }

  void lose(int batch, Phase phase) {
    if (lost.length == MOST_LOST) {
      throw new IllegalStateException("The scope makes more lost batches than the model has room.");
    }
    lost = Arrays.copyOf(lost, lost.length + 1);
    // Nobody writes any more: its window is over.
    lost[lost.length - 1] = new Lost(batch, phase == Phase.QUIET ? phase : Phase.DRAINING);
    Arrays.sort(lost);
  }

  Lost takeLost(int index) {
    Lost taken = lost[index];
    Lost[] rest = new Lost[lost.length - 1];
    System.arraycopy(lost, 0, rest, 0, index);
    System.arraycopy(lost, index + 1, rest, index, rest.length - index);
    lost = rest;
    return taken;
  }

  void ageLost(int index) {
    lose(takeLost(index).batch(), Phase.QUIET);
  }

  /** Packs this moment: equal moments have equal longs, whichever process is called A. */
  long[] packed() {
    long[] one = packed(false);
    long[] other = packed(true);
    return Arrays.compare(one, other) <= 0 ? one : other;
  }

  private long[] packed(boolean swapped) {
    int recipients = processes[0].outcomes.length;
    Packing out = new Packing(new long[LONGS]);
    out.add(status.ordinal(), 3).add(cursor, 3).add(retry, recipients).add(unconfirmed, recipients);
    out.add(swapped && lease < PROCESSES ? 1 - lease : lease, 2)
        .add(released)
        .add(known, recipients)
        .add(reported, recipients);
    out.add(awaitingQuiet).add(quiet).add(handed, recipients);
    out.add(allowedAgain, recipients);
    out.add(crashes, 2).add(pauses, 2).add(stops, 1).add(personRetries, 2).add(lost.length, 3);
    for (Lost one : lost) {
      out.add(one.batch(), recipients).add(one.phase().ordinal(), 2);
    }
    for (int i = 0; i < PROCESSES; i++) {
      Process process = processes[swapped ? 1 - i : i];
      out.add(process.step.ordinal(), 2).add(process.leaseValid).add(process.outdated);
      out.add(process.knowsIt).add(process.batch, recipients).add(process.stored);
      out.add(process.phase.ordinal(), 2);
      for (Outcome outcome : process.outcomes) {
        out.add(outcome.ordinal(), 3);
      }
    }
    return out.longs;
  }

  static World unpacked(Scope scope, long[] packed) {
    int recipients = scope.recipients();
    Packing in = new Packing(packed);
    World world = new World(scope);
    world.status = CampaignStatus.values()[in.next(3)];
    world.cursor = in.next(3);
    world.retry = in.next(recipients);
    world.unconfirmed = in.next(recipients);
    world.lease = in.next(2);
    world.released = in.next();
    world.known = in.next(recipients);
    world.reported = in.next(recipients);
    world.awaitingQuiet = in.next();
    world.quiet = in.next();
    world.handed = in.next(recipients);
    world.allowedAgain = in.next(recipients);
    world.crashes = in.next(2);
    world.pauses = in.next(2);
    world.stops = in.next(1);
    world.personRetries = in.next(2);
    world.lost = new Lost[in.next(3)];
    for (int i = 0; i < world.lost.length; i++) {
      world.lost[i] = new Lost(in.next(recipients), Phase.values()[in.next(2)]);
    }
    for (Process process : world.processes) {
      process.step = Step.values()[in.next(2)];
      process.leaseValid = in.next();
      process.outdated = in.next();
      process.knowsIt = in.next();
      process.batch = in.next(recipients);
      process.stored = in.next();
      process.phase = Phase.values()[in.next(2)];
      for (int r = 0; r < recipients; r++) {
        process.outcomes[r] = Outcome.values()[in.next(3)];
      }
    }
    return world;
  }

  private static final class Packing {
    private final long[] longs;
    private int used;

    Packing(long[] longs) {
      this.longs = longs;
    }

    Packing add(int value, int bits) {
      skip(bits);
      longs[used / 64] |= (long) value << used % 64;
      used += bits;
      return this;
    }

    Packing add(boolean value) {
      return add(value ? 1 : 0, 1);
    }

    int next(int bits) {
      skip(bits);
      int value = (int) (longs[used / 64] >>> used % 64) & (1 << bits) - 1;
      used += bits;
      return value;
    }

    boolean next() {
      return next(1) == 1;
    }

    // A value never lies across two longs.
    private void skip(int bits) {
      if (used % 64 + bits > 64) {
        used += 64 - used % 64;
      }
    }
  }
}
