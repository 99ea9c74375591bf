package dev.herald.runtime.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.test.v1.EchoRequest;
import dev.herald.runtime.test.v1.EchoResponse;
import dev.herald.runtime.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IdempotencyTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("runtime");

  private final AtomicInteger effects = new AtomicInteger();

  @BeforeEach
  void empty() {
    database.truncate("request");
  }

  @Test
  void theSameRequestGetsTheFirstAnswerAgain() {
    assertThat(call(7, "id-1", "hello")).isEqualTo("hello 1");
    assertThat(call(7, "id-1", "hello")).isEqualTo("hello 1");
    assertThat(effects).hasValue(1);
  }

  @Test
  void anotherRequestUnderTheSameIdIsRefused() {
    call(7, "id-1", "hello");
    assertThatThrownBy(() -> call(7, "id-1", "goodbye"))
        .isInstanceOfSatisfying(
            HeraldException.class,
            error -> {
              assertThat(error.kind()).isEqualTo(Kind.ALREADY_EXISTS);
              assertThat(error.reason()).isEqualTo("REQUEST_ID_REUSED");
            });
    assertThat(effects).hasValue(1);
  }

  @Test
  void otherWorkspacesAndCallsWithoutIdAreOnTheirOwn() {
    assertThat(call(7, "id-1", "hello")).isEqualTo("hello 1");
    assertThat(call(8, "id-1", "hello")).isEqualTo("hello 2");
    assertThat(call(7, "", "hello")).isEqualTo("hello 3");
    assertThat(call(7, "", "hello")).isEqualTo("hello 4");
  }

  @Test
  void aFailedEffectLeavesNoTrace() {
    assertThatThrownBy(
            () ->
                database
                    .jdbi()
                    .useTransaction(
                        tx ->
                            Idempotency.once(
                                tx,
                                7,
                                "Echo",
                                "id-1",
                                request("hello"),
                                EchoResponse.parser(),
                                () -> {
                                  throw new IllegalStateException("no luck");
                                })))
        .isInstanceOf(IllegalStateException.class);
    assertThat(call(7, "id-1", "hello")).isEqualTo("hello 1");
  }

  @Test
  void manyAtTheSameMomentHappenOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(() -> call(7, "id-1", "hello"));
      }
      for (Future<String> answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo("hello 1");
      }
    }
    assertThat(effects).hasValue(1);
  }

  @Test
  void oldRequestsAreForgotten() {
    call(7, "id-1", "hello");
    int kept =
        database.jdbi().inTransaction(tx -> Idempotency.forgetOlderThan(tx, Duration.ofDays(1)));
    int forgotten =
        database
            .jdbi()
            .inTransaction(tx -> Idempotency.forgetOlderThan(tx, Duration.ofSeconds(-1)));
    assertThat(kept).isZero();
    assertThat(forgotten).isEqualTo(1);
  }

  private String call(long workspace, String requestId, String text) {
    return database
        .jdbi()
        .inTransaction(
            tx ->
                Idempotency.once(
                        tx,
                        workspace,
                        "Echo",
                        requestId,
                        request(text),
                        EchoResponse.parser(),
                        () -> response(text + " " + effects.incrementAndGet()))
                    .getText());
  }

  private static EchoRequest request(String text) {
    return EchoRequest.newBuilder().setText(text).build();
  }

  private static EchoResponse response(String text) {
    return EchoResponse.newBuilder().setText(text).build();
  }
}
