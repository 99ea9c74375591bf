package dev.herald.runtime.groupcommit;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.database.DatabaseErrors;
import io.grpc.Context;
import io.grpc.Deadline;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Makes one transaction of what many callers want at the same moment. While one batch commits, the
 * next gathers by itself; no caller waits for a timer. Each caller returns when the batch with its
 * item has committed.
 *
 * <p>A failing batch fails its own callers only. If the data of a batch is refused, so that nothing
 * of it was committed, its items are committed one by one: one caller's bad item does not take the
 * others down. The queue is bounded; beyond it callers are told to come back. Closing commits what
 * was taken.
 *
 * @param <I> what a caller brings
 * @param <O> what it gets back
 */
public final class GroupCommit<I, O> implements AutoCloseable {
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(20);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final String name;
  private final ToIntFunction<I> weight;
  private final Gathering<Pending<I, O>> queue;
  private final Function<List<I>, List<O>> commit;
  private final List<Thread> writers;
  private final Counter rejected;
  private final DistributionSummary batchItems;
  private final Timer commitTime;

  private record Pending<I, O>(I item, int weight, CompletableFuture<O> answer) {}

  /** One writer, items of equal weight. */
  public GroupCommit(
      String name,
      int maxBatch,
      int maxQueue,
      Function<List<I>, List<O>> commit,
      MeterRegistry metrics) {
    this(name, maxBatch, maxQueue, 1, item -> 1, commit, metrics);
  }

  /**
   * @param name for metrics and threads
   * @param maxBatch most weight in one commit; a heavier item goes alone
   * @param maxQueue most weight waiting; beyond it {@link #submit} refuses
   * @param writers how many batches may commit at the same time
   * @param weight what an item counts, at least 1
   * @param commit commits all items or none, and answers in their order
   */
  public GroupCommit(
      String name,
      int maxBatch,
      int maxQueue,
      int writers,
      ToIntFunction<I> weight,
      Function<List<I>, List<O>> commit,
      MeterRegistry metrics) {
    this.name = name;
    this.weight = weight;
    this.queue = new Gathering<>(maxBatch, maxQueue, Pending::weight);
    this.commit = commit;
    this.rejected =
        Counter.builder("herald.group.commit.rejected").tag("name", name).register(metrics);
    this.batchItems =
        DistributionSummary.builder("herald.group.commit.batch")
            .tag("name", name)
            .register(metrics);
    this.commitTime = Timer.builder("herald.group.commit").tag("name", name).register(metrics);
    Gauge.builder("herald.group.commit.queue", queue, Gathering::weight)
        .tag("name", name)
        .register(metrics);
    this.writers = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      this.writers.add(Thread.ofVirtual().name("commit-" + name + "-" + i).start(this::write));
    }
  }

  /**
   * Returns when the item is committed.
   *
   * @throws HeraldException EXHAUSTED if the queue is full, DEADLINE if the call's time is over
   *     (the item may then still be committed), or whatever the commit threw
   */
  public O submit(I item) {
    Pending<I, O> pending =
        new Pending<>(item, Math.max(1, weight.applyAsInt(item)), new CompletableFuture<>());
    switch (queue.offer(pending)) {
      case ACCEPTED -> {}
      case FULL -> {
        rejected.increment();
        throw HeraldException.exhausted(
            "QUEUE_FULL", "More is coming in than can be stored just now. Try again.", RETRY_AFTER);
      }
      case CLOSED -> throw stopping();
    }
    return await(pending);
  }

  /** Commits what was taken, then stops. */
  @Override
  public void close() {
    queue.close();
    long end = System.nanoTime() + CLOSE_WAIT.toNanos();
    try {
      for (Thread writer : writers) {
        writer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private O await(Pending<I, O> pending) {
    try {
      return pending.answer().get(patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      pending.answer().cancel(false);
      throw HeraldException.of(
          Kind.DEADLINE, "COMMIT_TIMEOUT", "It took too long to store this; it may be stored yet.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pending.answer().cancel(false);
      throw HeraldException.of(Kind.CANCELLED, "CANCELLED", "The call was interrupted.");
    }
  }

  // The exception belongs to several callers, each of whom may add to it: every one gets its own.
  private static RuntimeException rethrown(Throwable failure) {
    if (failure instanceof HeraldException error) {
      return error.causedBy(failure);
    }
    return new CommitFailedException(failure);
  }

  private static Duration patience() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return MAX_WAIT;
    }
    long left = Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS));
    return left < MAX_WAIT.toMillis() ? Duration.ofMillis(left) : MAX_WAIT;
  }

  private void write() {
    try {
      while (true) {
        List<Pending<I, O>> batch = queue.take();
        if (batch.isEmpty()) {
          return;
        }
        // Nobody waits for these any more.
        batch.removeIf(pending -> pending.answer().isDone());
        if (!batch.isEmpty()) {
          commit(batch);
        }
      }
    } catch (InterruptedException e) {
      queue.close();
    }
  }

  private void commit(List<Pending<I, O>> batch) {
    batchItems.record(batch.size());
    Timer.Sample sample = Timer.start();
    try {
      List<O> answers = commit.apply(batch.stream().map(Pending::item).toList());
      if (answers.size() != batch.size()) {
        throw new IllegalStateException(
            name + " answered " + answers.size() + " of " + batch.size() + " items.");
      }
      for (int i = 0; i < answers.size(); i++) {
        batch.get(i).answer().complete(answers.get(i));
      }
    } catch (Throwable failure) {
      if (batch.size() > 1 && isFaultOfData(failure)) {
        batch.forEach(pending -> commit(List.of(pending)));
      } else {
        batch.forEach(pending -> pending.answer().completeExceptionally(failure));
      }
    } finally {
      sample.stop(commitTime);
    }
  }

  private static boolean isFaultOfData(Throwable failure) {
    return failure instanceof HeraldException error
        ? !error.kind().isTransient() && error.kind() != Kind.INTERNAL
        : DatabaseErrors.isDataError(failure);
  }

  private static HeraldException stopping() {
    return HeraldException.unavailable("STOPPING", "This process is stopping. Try again.");
  }
}
