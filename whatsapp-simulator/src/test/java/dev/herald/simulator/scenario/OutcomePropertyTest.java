package dev.herald.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.simulator.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An outcome depends on the seed and the message and on nothing else. */
class OutcomePropertyTest {
  private static final Scenario WILD =
      Scenario.realistic()
          .with(Knob.DUPLICATE_RATE, 0.5)
          .with(Knob.REORDER_RATE, 0.5)
          .with(Knob.LATE_RATE, 0.1)
          .with(Knob.CONTRADICTION_RATE, 0.2)
          .with(Knob.HELD_RATE, 0.3)
          .with(Knob.SILENCE_RATE, 0.05)
          .with(Knob.REPLY_RATE, 0.5)
          .with(Knob.FAULT_TIMEOUT_RATE, 0.1)
          .with(Knob.FAULT_THROTTLED_RATE, 0.3);

  @Provide
  Arbitrary<Subject> subjects() {
    return Combinators.combine(
            Arbitraries.longs().between(10_000_000L, 999_999_999_999_999L),
            Arbitraries.strings().ofMaxLength(80),
            Arbitraries.of(MessageKind.class),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false))
        .as(Subject::new);
  }

  @Provide
  Arbitrary<Scenario> scenarios() {
    return Arbitraries.longs()
        .between(0, 1L << 50)
        .map(seed -> WILD.with(Knob.SEED, Long.toString(seed)));
  }

  @Property(tries = 500)
  void theSameMessageHasTheSameOutcomeInWhateverOrderItIsAsked(
      @ForAll("scenarios") Scenario scenario,
      @ForAll("subjects") Subject subject,
      @ForAll("subjects") Subject other) {
    Outcome first = scenario.outcome(subject);
    Outcome unrelated = scenario.outcome(other);

    Scenario again = Scenario.realistic().with(scenario.settings());
    assertThat(again).isEqualTo(scenario);
    assertThat(again.outcome(other)).isEqualTo(unrelated);
    assertThat(again.outcome(subject)).isEqualTo(first);
    for (int attempt = 0; attempt < 5; attempt++) {
      assertThat(again.fault(subject.person(), subject.callback(), attempt))
          .isEqualTo(scenario.fault(subject.person(), subject.callback(), attempt));
    }
  }

  @Property(tries = 500)
  void knobsOfOneThingLeaveTheOthersAsTheyWere(
      @ForAll("scenarios") Scenario scenario, @ForAll("subjects") Subject subject) {
    Scenario calm =
        scenario
            .with(Knob.DUPLICATE_RATE, 0)
            .with(Knob.REORDER_RATE, 0)
            .with(Knob.LATE_RATE, 0)
            .with(Knob.FAULT_TIMEOUT_RATE, 0)
            .with(Knob.TIME_SCALE, 0.01);

    assertThat(calm.outcome(subject).bits()).isEqualTo(scenario.outcome(subject).bits());
    assertThat(calm.outcome(subject).failureCode())
        .isEqualTo(scenario.outcome(subject).failureCode());
  }

  @Property(tries = 2000)
  void everyOutcomeIsOneThatWhatsAppProduces(
      @ForAll("scenarios") Scenario scenario, @ForAll("subjects") Subject subject) {
    Outcome outcome = scenario.outcome(subject);
    Set<Update> told = Update.set(outcome.bits());

    assertThat(told.contains(Update.FAILED)).isEqualTo(outcome.failureCode() != 0);
    if (told.contains(Update.READ) || told.contains(Update.DELIVERED)) {
      assertThat(told).contains(Update.SENT);
    }
    if (subject.kind() == MessageKind.SERVICE && !subject.windowOpen()) {
      assertThat(told).containsExactly(Update.FAILED);
      assertThat(outcome.failureCode()).isEqualTo(ErrorCode.REENGAGEMENT.code());
    }
    if (subject.kind() == MessageKind.MARKETING && subject.optedOut()) {
      assertThat(outcome.failureCode()).isEqualTo(ErrorCode.MARKETING_STOPPED.code());
    }
    if (outcome.held()) {
      assertThat(subject.kind()).isIn(MessageKind.MARKETING, MessageKind.UTILITY);
    }
    if (told.contains(Update.BUTTON_REPLY)) {
      assertThat(subject.quickReply()).isTrue();
    }
    assertThat(outcome.updates())
        .allSatisfy(
            update -> {
              assertThat(update.happensAfter()).isNotNegative();
              assertThat(update.arrivesAfter()).isGreaterThanOrEqualTo(update.happensAfter());
            });
  }

  @Property(tries = 20)
  void withNothingSwitchedOnUpdatesArriveInOrderAndOnce(@ForAll("subjects") Subject subject) {
    Subject template =
        new Subject(
            subject.person(),
            subject.callback(),
            MessageKind.MARKETING,
            false,
            false,
            false,
            false);

    List<PlannedUpdate> updates =
        Scenario.smooth().with(Knob.TIME_SCALE, 1).outcome(template).updates();

    assertThat(updates)
        .extracting(PlannedUpdate::update)
        .containsExactly(Update.SENT, Update.DELIVERED, Update.READ);
    assertThat(updates).extracting(PlannedUpdate::arrivesAfter).isSorted();
  }

  @Property(tries = 3)
  void ratesAreWhatTheKnobsSay(@ForAll("scenarios") Scenario wild) {
    Scenario scenario = Scenario.realistic().with(Knob.SEED, Long.toString(wild.seed()));
    int messages = 40_000;
    Map<Update, Integer> count = new TreeMap<>();
    int held = 0;
    int lateSent = 0;
    int copies = 0;
    for (int i = 0; i < messages; i++) {
      Outcome outcome =
          scenario.outcome(
              new Subject(
                  15_550_000_000L + i,
                  "h1.7." + i,
                  MessageKind.MARKETING,
                  true,
                  true,
                  false,
                  false));
      held += outcome.held() ? 1 : 0;
      Update.set(outcome.bits()).forEach(update -> count.merge(update, 1, Integer::sum));
      copies += outcome.updates().size() - Integer.bitCount(outcome.bits());
      Map<Update, Long> first = new HashMap<>();
      outcome.updates().forEach(u -> first.merge(u.update(), u.arrivesAfter(), Math::min));
      Long sent = first.get(Update.SENT);
      Long delivered = first.get(Update.DELIVERED);
      lateSent += sent != null && delivered != null && sent > delivered ? 1 : 0;
    }
    assertThat(share(count.get(Update.FAILED), messages)).isBetween(0.05, 0.075);
    assertThat(share(held, messages)).isBetween(0.007, 0.013);
    assertThat(share(count.get(Update.READ), messages)).isBetween(0.52, 0.59);
    assertThat(share(count.get(Update.SENT) + count.get(Update.FAILED), messages))
        .isGreaterThan(0.99);
    assertThat(share(count.get(Update.STOP_TEXT), messages)).isBetween(0.002, 0.006);
    assertThat(share(lateSent, messages)).isBetween(0.02, 0.08);
    assertThat(share(copies, messages)).isGreaterThan(0.05);
  }

  private static double share(int some, int all) {
    return (double) some / all;
  }

  @Property(tries = 5)
  void whetherAPersonIsOnWhatsAppDoesNotChangeFromMessageToMessage(
      @ForAll("scenarios") Scenario wild) {
    Scenario scenario =
        wild.with(Knob.FAILURE_RATE, 0.3)
            .with(FailureMix.parse("131026:1"))
            .with(Knob.HELD_RATE, 0);
    for (long person = 4_915_550_000L; person < 4_915_550_200L; person++) {
      Integer first = null;
      for (String callback : List.of("a", "b", "c")) {
        Outcome outcome =
            scenario
                .with(Knob.SILENCE_RATE, 0)
                .with(Knob.CONTRADICTION_RATE, 0)
                .outcome(
                    new Subject(person, callback, MessageKind.UTILITY, false, false, false, false));
        first = first == null ? (Integer) outcome.failureCode() : first;
        assertThat(outcome.failureCode()).isEqualTo(first);
      }
    }
  }

  @Property(tries = 5)
  void anotherSeedIsAnotherRun(@ForAll("scenarios") Scenario scenario) {
    Scenario other = scenario.with(Knob.SEED, Long.toString(scenario.seed() + 1));
    List<Outcome> one = new ArrayList<>();
    List<Outcome> two = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Subject subject =
          new Subject(
              15_550_000_000L + i, "c" + i, MessageKind.MARKETING, false, false, false, false);
      one.add(scenario.outcome(subject));
      two.add(other.outcome(subject));
    }
    assertThat(one).isNotEqualTo(two);
  }
}
