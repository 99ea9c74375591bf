package dev.herald.runtime.grpc;

import static dev.herald.runtime.grpc.Loopback.failure;
import static dev.herald.runtime.grpc.Loopback.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.test.v1.EchoResponse;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import dev.herald.runtime.testing.TestDatabase;
import io.grpc.Context;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LifeOfCallsTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("runtime");

  @Test
  void moreCallsThanTheLimitAreToldToComeBack() throws Exception {
    try (Loopback loopback = new Loopback(limitedTo(1), b -> b)) {
      Gate gate = new Gate();
      loopback.echo.work = gate::pass;
      CompletableFuture<String> first = call(loopback);
      gate.awaitArrival();

      HeraldException refusal = failure(() -> loopback.viewer().view(text("second")));
      assertThat(refusal.kind()).isEqualTo(Kind.EXHAUSTED);
      assertThat(refusal.reason()).isEqualTo("SERVER_BUSY");
      assertThat(refusal.retryAfter()).isPresent();

      gate.open();
      assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo("first");
      await()
          .untilAsserted(
              () -> assertThat(loopback.viewer().view(text("third")).getText()).isEqualTo("third"));
    }
  }

  @Test
  void refusedCallsGiveTheirPlaceBack() {
    try (Loopback loopback = new Loopback(limitedTo(1), b -> b)) {
      for (int i = 0; i < 20; i++) {
        HeraldException refusal = failure(() -> loopback.viewer().own(text("x")));
        assertThat(refusal.kind()).isIn(Kind.PERMISSION, Kind.EXHAUSTED);
      }
      await()
          .untilAsserted(
              () -> assertThat(loopback.viewer().view(text("x")).getText()).isEqualTo("x"));
    }
  }

  @Test
  void aCallWithoutDeadlineGetsOneThatReachesTheDatabase() {
    try (Loopback loopback = new Loopback()) {
      // The channel's own deadline stays out of it: this one is the server's.
      Jdbi jdbi = database.jdbi();
      loopback.echo.work = text -> jdbi.withHandle(h -> slowly(h, 60));
      long begin = System.nanoTime();
      HeraldException error =
          failure(
              () ->
                  loopback.viewer().withDeadlineAfter(300, TimeUnit.MILLISECONDS).view(text("x")));
      assertThat(error.kind()).isEqualTo(Kind.DEADLINE);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      awaitNoSleeper(jdbi);
    }
  }

  @Test
  void theServersOwnDeadlineEndsACallThatHasNone() {
    try (Loopback loopback =
        new Loopback(GrpcServerConfig.local(0), b -> b.defaultDeadline(Duration.ofMillis(300)))) {
      Jdbi jdbi = database.jdbi();
      loopback.echo.work = text -> jdbi.withHandle(h -> slowly(h, 60));
      // A bare channel adds no deadline of its own.
      var bare =
          NettyChannelBuilder.forAddress("127.0.0.1", loopback.server.port())
              .usePlaintext()
              .build();
      try {
        var stub =
            EchoServiceGrpc.newBlockingStub(bare).withCallCredentials(loopback.tokens.viewer(7));
        HeraldException error = failure(() -> stub.view(text("x")));
        assertThat(error.kind()).isEqualTo(Kind.DEADLINE);
        assertThat(error.reason()).isEqualTo("DEADLINE_EXCEEDED");
        awaitNoSleeper(jdbi);
      } finally {
        bare.shutdownNow();
      }
    }
  }

  @Test
  void aCancelledCallStopsItsStatementAndBeginsNoOther() throws Exception {
    try (Loopback loopback = new Loopback()) {
      Jdbi jdbi = database.jdbi();
      CountDownLatch ended = new CountDownLatch(1);
      AtomicBoolean begunAnother = new AtomicBoolean();
      loopback.echo.work =
          text -> {
            try {
              return jdbi.withHandle(h -> slowly(h, 60));
            } finally {
              try {
                jdbi.useHandle(h -> h.execute("select 1"));
                begunAnother.set(true);
              } catch (RuntimeException expected) {
                ended.countDown();
              }
            }
          };
      Context.CancellableContext caller = Context.current().withCancellation();
      CompletableFuture<String> call = new CompletableFuture<>();
      Thread.startVirtualThread(
          () ->
              caller.run(
                  () -> {
                    try {
                      call.complete(loopback.viewer().view(text("x")).getText());
                    } catch (RuntimeException e) {
                      call.completeExceptionally(e);
                    }
                  }));
      await().until(() -> sleepers(jdbi) == 1);
      caller.cancel(null);
      assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(begunAnother).isFalse();
      awaitNoSleeper(jdbi);
    }
  }

  @Test
  void closingLetsCallsFinishAndEndsStreams() throws Exception {
    Loopback loopback = new Loopback();
    Iterator<EchoResponse> stream = loopback.viewer().watch(text("stream"));
    assertThat(stream.next().getText()).isEqualTo("stream");
    Gate gate = new Gate();
    loopback.echo.work = gate::pass;
    CompletableFuture<String> first = call(loopback);
    gate.awaitArrival();

    Thread closing = Thread.startVirtualThread(loopback.server::close);
    await().until(() -> health(loopback).filter(s -> s == ServingStatus.SERVING).isEmpty());
    assertThat(closing.isAlive()).isTrue();
    gate.open();

    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo("first");
    assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
    assertThat(failure(stream::next).reason()).isEqualTo("STOPPING");
    loopback.close();
  }

  @Test
  void healthFollowsReadiness() {
    AtomicBoolean ready = new AtomicBoolean(true);
    try (Loopback loopback =
        new Loopback(GrpcServerConfig.local(0), b -> b.readiness(ready::get))) {
      assertThat(health(loopback)).contains(ServingStatus.SERVING);
      ready.set(false);
      await().until(() -> health(loopback).equals(Optional.of(ServingStatus.NOT_SERVING)));
    }
  }

  @Test
  void aRequestBeyondTheSizeLimitIsRefused() {
    try (Loopback loopback =
        new Loopback(GrpcServerConfig.local(0), b -> b.maxInboundBytes(1000))) {
      HeraldException error = failure(() -> loopback.viewer().ingest(text("x".repeat(2000))));
      assertThat(error.kind()).isEqualTo(Kind.EXHAUSTED);
    }
  }

  @Test
  void contractsAreToldOnlyWhereReflectionIsOn() {
    try (Loopback closed = new Loopback();
        Loopback open =
            new Loopback(
                new GrpcServerConfig("127.0.0.1", 0, Optional.empty(), true, 10), b -> b)) {
      assertThat(reflects(closed)).isFalse();
      assertThat(reflects(open)).isTrue();
    }
  }

  private static boolean reflects(Loopback loopback) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(loopback.channel)
            .serverReflectionInfo(
                new StreamObserver<ServerReflectionResponse>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(true);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.complete(false);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    return answer.orTimeout(5, TimeUnit.SECONDS).join();
  }

  private static GrpcServerConfig limitedTo(int calls) {
    return new GrpcServerConfig("127.0.0.1", 0, Optional.empty(), false, calls);
  }

  private static CompletableFuture<String> call(Loopback loopback) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            answer.complete(loopback.viewer().view(text("first")).getText());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private static Optional<ServingStatus> health(Loopback loopback) {
    try {
      return Optional.of(
          HealthGrpc.newBlockingStub(loopback.channel)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
    } catch (io.grpc.StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  private static String slowly(Handle handle, int seconds) {
    handle.execute("set statement_timeout = 0");
    return handle
        .createQuery("select pg_sleep(:seconds)::text")
        .bind("seconds", seconds)
        .mapTo(String.class)
        .one();
  }

  private static void awaitNoSleeper(Jdbi jdbi) {
    await().until(() -> sleepers(jdbi) == 0);
  }

  private static long sleepers(Jdbi jdbi) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select count(*) from pg_stat_activity
                     where query like 'select pg_sleep%' and state = 'active'
                       and datname = current_database()
                    """)
                .mapTo(Long.class)
                .one());
  }

  /** Holds whoever passes until it is opened. */
  private static final class Gate {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    String pass(String text) {
      arrived.countDown();
      try {
        assertThat(opened.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return text;
    }

    void awaitArrival() throws InterruptedException {
      assertThat(arrived.await(5, TimeUnit.SECONDS)).isTrue();
    }

    void open() {
      opened.countDown();
    }
  }
}
