package dev.herald.runtime.groupcommit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.testing.TestDatabase;
import io.grpc.Context;
import io.grpc.Deadline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GroupCommitTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("runtime");

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
  private final Semaphore commits = new Semaphore(0);

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void callersWhoComeWhileABatchCommitsShareTheNext() {
    try (var group = group(100, 1000, this::heldCommit)) {
      var first = submit(group, 0);
      await().until(() -> batches.size() == 1);
      List<CompletableFuture<String>> more =
          IntStream.rangeClosed(1, 50).mapToObj(i -> submit(group, i)).toList();
      await().until(() -> queued() == 50);
      commits.release(2);

      assertThat(first.join()).isEqualTo("done 0");
      for (int i = 0; i < 50; i++) {
        assertThat(more.get(i).join()).isEqualTo("done " + (i + 1));
      }
      assertThat(batches).hasSize(2);
      assertThat(batches.get(1)).hasSize(50);
    }
  }

  @Test
  void noBatchIsLargerThanItMay() {
    try (var group = group(10, 1000, this::heldCommit)) {
      submit(group, 0);
      await().until(() -> batches.size() == 1);
      List<CompletableFuture<String>> more =
          IntStream.range(1, 26).mapToObj(i -> submit(group, i)).toList();
      await().until(() -> queued() == 25);
      commits.release(100);
      more.forEach(CompletableFuture::join);
      assertThat(batches).extracting(List::size).containsExactly(1, 10, 10, 5);
    }
  }

  @Test
  void aFullQueueTellsCallersToComeBack() {
    try (var group = group(1, 3, this::heldCommit)) {
      submit(group, 0);
      await().until(() -> batches.size() == 1);
      IntStream.rangeClosed(1, 3).forEach(i -> submit(group, i));
      await().until(() -> queued() == 3);
      assertThatThrownBy(() -> group.submit(4))
          .isInstanceOfSatisfying(
              HeraldException.class,
              error -> {
                assertThat(error.kind()).isEqualTo(Kind.EXHAUSTED);
                assertThat(error.retryAfter()).isPresent();
              });
      commits.release(100);
    }
  }

  @Test
  void aFailingBatchFailsItsOwnCallersOnly() {
    try (var group =
        group(
            1,
            10,
            items -> {
              if (items.contains(1)) {
                throw new IllegalStateException("no luck");
              }
              return answers(items);
            })) {
      assertThat(group.submit(0)).isEqualTo("done 0");
      assertThatThrownBy(() -> group.submit(1))
          .isInstanceOf(CommitFailedException.class)
          .hasRootCauseMessage("no luck");
      assertThat(group.submit(2)).isEqualTo("done 2");
    }
  }

  @Test
  void anItemTheDatabaseRefusesDoesNotTakeItsNeighboursDown() {
    try (var group = group(100, 1000, this::insert)) {
      group.submit(1);
      List<CompletableFuture<String>> calls = new ArrayList<>();
      // The table is held, so all of these gather behind the first.
      database
          .jdbi()
          .useTransaction(
              tx -> {
                tx.execute("lock table item in access exclusive mode");
                calls.add(submit(group, 2));
                await().until(() -> queued() == 0);
                IntStream.of(1, 3, 4, 5).forEach(i -> calls.add(submit(group, i)));
                await().until(() -> queued() == 4);
              });
      assertThatThrownBy(calls.get(1)::join)
          .isInstanceOf(CompletionException.class)
          .hasStackTraceContaining("item_pkey");
      assertThat(calls.get(2).join()).isEqualTo("done 3");
      assertThat(calls.get(4).join()).isEqualTo("done 5");
      List<Integer> stored =
          database
              .jdbi()
              .withHandle(
                  h ->
                      h.createQuery("select id from item order by id").mapTo(Integer.class).list());
      assertThat(stored).containsExactly(1, 2, 3, 4, 5);
    }
  }

  @Test
  void aCallersDeadlineEndsItsWaitAndItsPlaceInTheQueue() throws Exception {
    try (var group = group(1, 10, this::heldCommit);
        Context.CancellableContext hurried =
            Context.current()
                .withDeadline(
                    Deadline.after(100, TimeUnit.MILLISECONDS),
                    Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory()))) {
      submit(group, 0);
      await().until(() -> batches.size() == 1);
      assertThatThrownBy(() -> hurried.call(() -> group.submit(1)))
          .isInstanceOfSatisfying(
              HeraldException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE));
      commits.release(100);
      assertThat(group.submit(2)).isEqualTo("done 2");
      assertThat(batches).containsExactly(List.of(0), List.of(2));
    }
  }

  @Test
  void closingCommitsWhatWasTakenAndTakesNoMore() throws Exception {
    var group = group(1, 10, this::heldCommit);
    List<CompletableFuture<String>> calls =
        IntStream.range(0, 5).mapToObj(i -> submit(group, i)).toList();
    await().until(() -> batches.size() == 1 && queued() == 4);
    CountDownLatch closed = new CountDownLatch(1);
    callers.execute(
        () -> {
          group.close();
          closed.countDown();
        });
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> group.submit(9))
                    .isInstanceOfSatisfying(
                        HeraldException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE)));
    commits.release(100);
    assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
    // The callers hear of it a moment after the commit.
    assertThat(calls).allSatisfy(call -> assertThat(call).succeedsWithin(5, TimeUnit.SECONDS));
  }

  @Test
  void severalWritersAndManyCallersEachGetTheirOwnAnswer() {
    try (var group =
        new GroupCommit<Integer, String>(
            "many", 20, 100_000, 3, i -> 1 + i % 3, GroupCommitTest::answers, metrics)) {
      List<CompletableFuture<String>> calls =
          IntStream.range(0, 5_000).mapToObj(i -> submit(group, i)).toList();
      for (int i = 0; i < calls.size(); i++) {
        assertThat(calls.get(i).join()).isEqualTo("done " + i);
      }
    }
  }

  private GroupCommit<Integer, String> group(
      int maxBatch, int maxQueue, Function<List<Integer>, List<String>> commit) {
    return new GroupCommit<>("test", maxBatch, maxQueue, commit, metrics);
  }

  private CompletableFuture<String> submit(GroupCommit<Integer, String> group, int item) {
    return CompletableFuture.supplyAsync(() -> group.submit(item), callers);
  }

  private double queued() {
    return metrics.get("herald.group.commit.queue").gauge().value();
  }

  private List<String> heldCommit(List<Integer> items) {
    batches.add(List.copyOf(items));
    commits.acquireUninterruptibly();
    return answers(items);
  }

  private List<String> insert(List<Integer> items) {
    database
        .jdbi()
        .useTransaction(
            tx -> {
              PreparedBatch batch = tx.prepareBatch("insert into item (id) values (:id)");
              items.forEach(item -> batch.bind("id", item).add());
              batch.execute();
            });
    return answers(items);
  }

  private static List<String> answers(List<Integer> items) {
    return items.stream().map(item -> "done " + item).toList();
  }
}
