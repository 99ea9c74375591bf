package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that go wrong: the journal tells what really happened to the message. */
class FaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Simulator simulator;
  private TestClient client;

  @BeforeEach
  void start() {
    simulator =
        Simulator.start(
            SimulatorConfig.defaults().withScenario(Scenario.smooth()).withThroughput(1000, 1000));
    client = new TestClient(simulator);
  }

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
  }

  private void always(Knob fault) {
    simulator.change(scenario -> Scenario.smooth().with(fault, 1));
  }

  private boolean taken(String callback) {
    return !simulator.record().messages(Query.callback(callback), 0, 10).isEmpty();
  }

  private HttpFault answered(String callback) {
    return simulator.record().messages(Query.callback(callback), 0, 10).getFirst().fault();
  }

  @Test
  void aResetBeforeAcceptanceLeavesNoMessage() {
    always(Knob.FAULT_RESET_BEFORE_ACCEPT_RATE);

    assertThatThrownBy(() -> client.trySend("+16505551234", "k", PATIENCE))
        .isInstanceOf(IOException.class);
    assertThat(taken("k")).isFalse();
  }

  @Test
  void aResetAfterAcceptanceLeavesAMessage() {
    always(Knob.FAULT_RESET_AFTER_ACCEPT_RATE);

    assertThatThrownBy(() -> client.trySend("+16505551234", "k", PATIENCE))
        .isInstanceOf(IOException.class);
    assertThat(answered("k")).isEqualTo(HttpFault.RESET_AFTER_ACCEPT);
  }

  @Test
  void aTimeoutLeavesAMessage() {
    always(Knob.FAULT_TIMEOUT_RATE);

    assertThatThrownBy(() -> client.trySend("+16505551234", "k", Duration.ofMillis(200)))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(answered("k")).isEqualTo(HttpFault.TIMEOUT);
  }

  @Test
  void aHeldConnectionIsClosedWithoutAnAnswerInTheEnd() {
    simulator.change(
        scenario ->
            scenario.with(Knob.FAULT_TIMEOUT_RATE, 1).with(Knob.FAULT_TIMEOUT_HOLD, "50ms"));

    assertThatThrownBy(() -> client.trySend("+16505551234", "k", PATIENCE))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void anAnswerMayBreakOff() {
    always(Knob.FAULT_TRUNCATED_RATE);

    assertThatThrownBy(() -> client.trySend("+16505551234", "k", PATIENCE))
        .isInstanceOf(IOException.class);
    assertThat(answered("k")).isEqualTo(HttpFault.TRUNCATED);
  }

  @Test
  void anAnswerMayDrip() throws Exception {
    simulator.change(
        scenario -> scenario.with(Knob.FAULT_SLOW_RATE, 1).with(Knob.FAULT_SLOW_FOR, "400ms"));
    long start = System.nanoTime();

    HttpResponse<String> answer = client.trySend("+16505551234", "k", PATIENCE);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(350));
    assertThat(answer.body()).contains("wamid.");
    assertThat(taken("k")).isTrue();
  }

  @Test
  void serverErrorsAfterAcceptanceComeInSeveralForms() throws Exception {
    always(Knob.FAULT_ERROR_AFTER_ACCEPT_RATE);
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      statuses.add(client.trySend("+16505551234", "k" + i, PATIENCE).statusCode());
      assertThat(taken("k" + i)).isTrue();
    }
    assertThat(statuses).contains(301, 500, 502, 503, 504);
  }

  @Test
  void garbageComesWith200InSeveralForms() throws Exception {
    always(Knob.FAULT_GARBAGE_RATE);
    boolean empty = false;
    boolean notJson = false;
    boolean withError = false;
    boolean huge = false;
    for (int i = 0; i < 80; i++) {
      HttpResponse<String> answer = client.trySend("+16505551234", "k" + i, PATIENCE);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(taken("k" + i)).isTrue();
      empty |= answer.body().isEmpty();
      huge |= answer.body().length() > 10_000;
      try {
        withError |= TestClient.JSON.readTree(answer.body()).has("error");
      } catch (JsonProcessingException e) {
        notJson = true;
      }
    }
    assertThat(List.of(empty, notJson, withError, huge)).containsOnly(true);
  }

  @Test
  void throttledAndUnavailableSendsAreNotTakenAndSucceedWhenTriedAgain() {
    simulator.change(
        scenario ->
            scenario.with(Knob.FAULT_THROTTLED_RATE, 0.4).with(Knob.FAULT_UNAVAILABLE_RATE, 0.3));
    int throttled = 0;
    int unavailable = 0;
    for (int i = 0; i < 60; i++) {
      TestClient.Answer answer = client.send("+16505551234", "k" + i);
      for (int attempt = 0; answer.status() != 200; attempt++) {
        assertThat(attempt).isLessThan(50);
        assertThat(taken("k" + i)).isFalse();
        if (answer.status() == 429) {
          assertThat(answer.code()).isEqualTo(130429);
          assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
          assertThat(answer.raw().headers().firstValue("X-Business-Use-Case-Usage")).isPresent();
          throttled++;
        } else {
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.code()).isEqualTo(2);
          unavailable++;
        }
        answer = client.send("+16505551234", "k" + i);
      }
      assertThat(simulator.record().messages(Query.callback("k" + i), 0, 10)).hasSize(1);
    }
    assertThat(throttled).isPositive();
    assertThat(unavailable).isPositive();
    assertThat(simulator.record().attempts().counts())
        .containsEntry(0, 60L)
        .containsEntry(130429, (long) throttled);
  }

  @Test
  void aStormRefusesEverybody() {
    simulator.change(
        scenario -> scenario.with(Knob.STORM_EVERY, "100d").with(Knob.STORM_FOR, "100d"));

    assertThat(client.send("+16505551234", "k").status()).isEqualTo(429);
    assertThat(taken("k")).isFalse();
  }

  @Test
  void orderedErrorsComeAsOftenAsOrdered() {
    simulator.controls().cloudApi().refusals().add(ErrorCode.ACCOUNT_LOCKED, null, 2);
    simulator.controls().cloudApi().refusals().add(ErrorCode.TOKEN_INVALID, "200000000000001", 1);

    assertThat(client.send("+16505551234", "a").code()).isEqualTo(131031);
    assertThat(client.send("+16505551234", "b").status()).isEqualTo(403);
    TestClient.Answer expired = client.send("+16505551234", "c");
    assertThat(expired.status()).isEqualTo(401);
    assertThat(expired.body().path("error").path("error_subcode").asInt()).isEqualTo(463);
    assertThat(client.send("+16505551234", "d").status()).isEqualTo(200);
  }

  @Test
  void theThroughputOfANumberIsLimited() {
    simulator.controls().throughput(simulator.controls().directory().numberAt(0), 1, 5);
    int accepted = 0;
    TestClient.Answer last = null;
    for (int i = 0; i < 12; i++) {
      last = client.send("+1650555%04d".formatted(i), "k" + i);
      accepted += last.status() == 200 ? 1 : 0;
    }
    assertThat(accepted).isBetween(5, 7);
    assertThat(last.status()).isEqualTo(400);
    assertThat(last.code()).isEqualTo(130429);
    assertThat(last.body().path("error").path("message").asText())
        .isEqualTo("(#130429) Rate limit hit");
  }

  @Test
  void oneReceiverGetsAtMostTheBurst() {
    simulator.change(scenario -> scenario.with(Knob.PAIR_LIMIT, "true").with(Knob.PAIR_BURST, "3"));
    for (int i = 0; i < 3; i++) {
      assertThat(client.send("+16505551234", "k" + i).status()).isEqualTo(200);
    }
    TestClient.Answer fourth = client.send("+16505551234", "k3");
    assertThat(fourth.status()).isEqualTo(400);
    assertThat(fourth.code()).isEqualTo(131056);
    assertThat(client.send("+16505551235", "k4").status()).isEqualTo(200);
  }

  @Test
  void anUnregisteredNumberCannotSend() {
    simulator.controls().directory().numberAt(0).status("DISCONNECTED");

    assertThat(client.send("+16505551234", "k").code()).isEqualTo(133010);
  }

  @Test
  void stoppingDoesNotWaitForHeldConnections() throws Exception {
    always(Knob.FAULT_TIMEOUT_RATE);
    Thread sender =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> client.trySend("+16505551234", "k", PATIENCE))
                        .isNotNull());
    org.awaitility.Awaitility.await().until(() -> taken("k"));

    long start = System.nanoTime();
    simulator.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    sender.join();
  }
}
