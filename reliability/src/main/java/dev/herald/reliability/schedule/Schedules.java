package dev.herald.reliability.schedule;

import dev.herald.reliability.oracle.Violation;
import dev.herald.reliability.stack.Installation;
import dev.herald.reliability.stack.WallClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Runs schedules with consecutive seeds, on a few installations at the same time. */
public final class Schedules {
  private final Path folder;
  private final Map<FaultKind, Integer> faults = new EnumMap<>(FaultKind.class);
  private final Map<FaultKind, Integer> violated = new EnumMap<>(FaultKind.class);
  private final Set<String> reached = new TreeSet<>();
  private final Set<String> armed = new TreeSet<>();
  private int schedules;
  private int violations;

  public Schedules(Path folder) {
    this.folder = folder;
  }

  /**
   * @param lanes installations at the same time
   */
  public void run(long firstSeed, int count, int lanes) throws Exception {
    AtomicLong next = new AtomicLong(firstSeed);
    AtomicInteger left = new AtomicInteger(count);
    try (ExecutorService workers = Executors.newFixedThreadPool(lanes)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < lanes; i++) {
        Path own = folder.resolve("lane-" + i);
        all.add(
            workers.submit(
                () -> {
                  work(
                      own,
                      next,
                      Schedule::of,
                      () -> left.getAndDecrement() > 0,
                      installation -> {});
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  /** Runs schedules in each of which the disk of PostgreSQL fills up; needs root. */
  public void runOnASmallDisk(long firstSeed, int count) throws Exception {
    Path own = folder.resolve("lane-0");
    AtomicLong next = new AtomicLong(firstSeed);
    AtomicInteger left = new AtomicInteger(count);
    try (SmallDisk disk = SmallDisk.mount(own.resolve("postgresql"))) {
      work(own, next, Schedule::withFullDisk, () -> left.getAndDecrement() > 0, installation -> {});
    }
  }

  /**
   * Runs schedules on one installation until the time is over.
   *
   * @param started told of the installation
   */
  public boolean runFor(long firstSeed, Duration time, Consumer<Installation> started)
      throws Exception {
    long end = System.nanoTime() + time.toNanos();
    AtomicLong next = new AtomicLong(firstSeed);
    work(folder.resolve("lane-0"), next, Schedule::of, () -> System.nanoTime() - end < 0, started);
    return violations == 0;
  }

  private void work(
      Path own,
      AtomicLong next,
      LongFunction<Schedule> drawn,
      BooleanSupplier goOn,
      Consumer<Installation> started)
      throws Exception {
    try (Lane lane = Lane.open(own)) {
      started.accept(lane.installation());
      while (goOn.getAsBoolean()) {
        long seed = next.getAndIncrement();
        Schedule schedule = drawn.apply(seed);
        try {
          note(lane.run(schedule));
        } catch (RuntimeException | java.util.concurrent.ExecutionException e) {
          broke(schedule, e);
        }
      }
      List<Violation> last = lane.judgeAll();
      note(last);
    }
  }

  private synchronized void note(List<Violation> last) {
    violations += last.size();
    last.forEach(violation -> System.out.println("  VIOLATED in the end: " + violation));
  }

  private synchronized void broke(Schedule schedule, Exception e) {
    schedules++;
    violations++;
    System.out.println(schedule);
    schedule.faults().forEach(fault -> System.out.println("  " + fault));
    System.out.println("  VIOLATED P4: it did not come to an end: " + e);
    System.out.println("  repeat: reliability/run --seed " + schedule.seed());
  }

  private synchronized void note(ScheduleRun.Result result) {
    schedules++;
    violations += result.violations().size();
    System.out.printf(
        "%s: %d faults,%s s, %s%n",
        result.schedule(),
        result.injected().size(),
        result.times(),
        result.violations().isEmpty() ? "all as promised" : "VIOLATED");
    for (Fault fault : result.schedule().faults()) {
      if (fault.kind() == FaultKind.CRASH_POINT) {
        armed.add(fault.target());
      }
    }
    for (Fault fault : result.injected()) {
      faults.merge(fault.kind(), 1, Integer::sum);
      violated.merge(fault.kind(), result.violations().size(), Integer::sum);
      if (fault.kind() == FaultKind.CRASH_POINT) {
        reached.add(fault.target());
      }
    }
    if (!result.violations().isEmpty()) {
      result.injected().forEach(fault -> System.out.println("  " + fault));
      result.violations().forEach(violation -> System.out.println("  VIOLATED " + violation));
      System.out.println("  repeat: reliability/run --seed " + result.schedule().seed());
    }
  }

  public synchronized int violations() {
    return violations;
  }

  /** Prints the table and the last line; true if there was no violation. */
  public synchronized boolean report() {
    System.out.println();
    System.out.printf("%-72s %7s %10s%n", "fault", "times", "violations");
    int total = 0;
    for (FaultKind kind : FaultKind.values()) {
      int times = faults.getOrDefault(kind, 0);
      total += times;
      System.out.printf("%-72s %7d %10d%n", kind.meaning(), times, violated.getOrDefault(kind, 0));
    }
    System.out.printf("named points: %d of %d armed were reached%n", reached.size(), armed.size());
    if (!WallClock.movable()) {
      System.out.println("clocks were left alone: there is no gcc");
    }
    Set<String> missed = new TreeSet<>(armed);
    missed.removeAll(reached);
    if (!missed.isEmpty()) {
      System.out.println("not reached: " + missed);
    }
    System.out.printf(
        "reliability schedules=%d faults=%d violations=%d%n", schedules, total, violations);
    return violations == 0;
  }
}
