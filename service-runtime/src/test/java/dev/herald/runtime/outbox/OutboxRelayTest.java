package dev.herald.runtime.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.runtime.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutboxRelayTest {
  @RegisterExtension static final TestDatabase database = TestDatabase.of("runtime");

  private final Jdbi jdbi = database.jdbi();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final List<String> received = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void empty() {
    database.truncate("outbox");
  }

  @Test
  void whatIsCommittedIsSentInOrderAndDeleted() {
    try (OutboxRelay relay = relay(this::receive)) {
      append("a", "b", "c");
      relay.wake();
      await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "c"));
      await().until(() -> rows() == 0);
    }
  }

  @Test
  void whatIsRolledBackIsNeverSent() {
    try (OutboxRelay relay = relay(this::receive)) {
      assertThatThrownBy(
              () ->
                  jdbi.useTransaction(
                      tx -> {
                        Outbox.append(tx, "facts", bytes("never"));
                        throw new IllegalStateException("rolled back");
                      }))
          .isInstanceOf(IllegalStateException.class);
      append("after");
      relay.wake();
      await().untilAsserted(() -> assertThat(received).containsExactly("after"));
    }
  }

  // The trap of a cursor: an id handed out earlier becomes visible later.
  @Test
  void aRowThatCommitsLateIsNotOverlooked() {
    try (OutboxRelay ignored = relay(this::receive);
        Handle slow = jdbi.open()) {
      slow.begin();
      Outbox.append(slow, "facts", bytes("slow"));
      append("fast");
      await().untilAsserted(() -> assertThat(received).containsExactly("fast"));
      slow.commit();
      await().untilAsserted(() -> assertThat(received).containsExactly("fast", "slow"));
    }
  }

  @Test
  void withoutAWakeUpItIsFoundByThePoll() {
    try (OutboxRelay ignored = relay(this::receive)) {
      append("polled");
      await()
          .atMost(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(received).containsExactly("polled"));
    }
  }

  @Test
  void otherTopicsAreNoneOfItsBusiness() {
    try (OutboxRelay relay = relay(this::receive)) {
      jdbi.useTransaction(tx -> Outbox.append(tx, "elsewhere", bytes("x")));
      append("mine");
      relay.wake();
      await().untilAsserted(() -> assertThat(received).containsExactly("mine"));
      await().until(() -> rows() == 1);
    }
  }

  @Test
  void nothingIsLostWhileTheReceiverIsAwayAndNothingIsSetAside() {
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger attempts = new AtomicInteger();
    Sender sender =
        payloads -> {
          attempts.incrementAndGet();
          if (away.get()) {
            throw HeraldException.unavailable("AWAY", "Not here.");
          }
          receive(payloads);
        };
    try (OutboxRelay relay = relay(sender)) {
      append("a", "b");
      await().until(() -> attempts.get() >= 4);
      assertThat(relay.aside()).isEmpty();
      away.set(false);
      await().untilAsserted(() -> assertThat(received).containsExactly("a", "b"));
    }
  }

  @Test
  void aPayloadThatIsAlwaysRefusedDoesNotHoldUpTheOthers() {
    Sender sender =
        payloads -> {
          if (texts(payloads).contains("poison")) {
            throw HeraldException.invalid("payload", "BAD", "Cannot be read.");
          }
          receive(payloads);
        };
    try (OutboxRelay relay = relay(sender)) {
      append("a", "b", "poison", "c", "d", "e");
      await()
          .untilAsserted(
              () -> assertThat(received).containsExactlyInAnyOrder("a", "b", "c", "d", "e"));
      await().until(() -> relay.aside().size() == 1);
      AsideRow aside = relay.aside().getFirst();
      assertThat(aside.attempts()).isGreaterThanOrEqualTo(Isolation.REFUSALS);
      assertThat(aside.lastError()).contains("Cannot be read.");
      assertThat(rows()).isEqualTo(1);
      assertThat(metrics.get("herald.outbox.aside").gauge().value()).isEqualTo(1);

      append("f");
      relay.wake();
      await().untilAsserted(() -> assertThat(received).contains("f"));
    }
  }

  @Test
  void severalInstancesBringEverythingBetweenThem() {
    List<String> all = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
    try (OutboxRelay ignored = relay(this::receive);
        OutboxRelay alsoIgnored = relay(this::receive)) {
      append(all.toArray(String[]::new));
      await().until(() -> rows() == 0);
      assertThat(received).containsAll(all);
    }
  }

  @Test
  void aDatabaseThatGoesAwayAndComesBackIsCarriedOnWith() {
    try (OutboxRelay ignored = relay(this::receive)) {
      append("before");
      await().until(() -> received.contains("before"));
      EmbeddedDatabases.disconnect(database.config());
      await()
          .ignoreExceptions()
          .until(
              () -> {
                append("after");
                return true;
              });
      await().until(() -> received.contains("after"));
    }
  }

  @Test
  void closingWaitsForTheBatchUnderWay() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    OutboxRelay relay =
        relay(
            payloads -> {
              sending.countDown();
              finish.await();
              receive(payloads);
            });
    append("last");
    assertThat(sending.await(5, TimeUnit.SECONDS)).isTrue();
    append("next time");
    Thread closing = Thread.startVirtualThread(relay::close);
    await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    finish.countDown();
    assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
    assertThat(received).containsExactly("last");
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void itsBacklogCanBeWatched() {
    append("a", "b", "c");
    CountDownLatch never = new CountDownLatch(1);
    try (OutboxRelay ignored = relay(payloads -> never.await(10, TimeUnit.SECONDS))) {
      await().until(() -> metrics.get("herald.outbox.rows").gauge().value() == 3);
      assertThat(metrics.get("herald.outbox.age.seconds").gauge().value())
          .isGreaterThanOrEqualTo(0);
      never.countDown();
    }
  }

  private OutboxRelay relay(Sender sender) {
    return new OutboxRelay(jdbi, "facts", 8, sender, metrics).start();
  }

  private void receive(List<byte[]> payloads) {
    received.addAll(texts(payloads));
  }

  private void append(String... texts) {
    List<byte[]> payloads = Arrays.stream(texts).map(OutboxRelayTest::bytes).toList();
    jdbi.useTransaction(tx -> Outbox.appendAll(tx, "facts", payloads));
  }

  private long rows() {
    return jdbi.withHandle(
        handle -> handle.createQuery("select count(*) from outbox").mapTo(Long.class).one());
  }

  private static List<String> texts(List<byte[]> payloads) {
    return payloads.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
