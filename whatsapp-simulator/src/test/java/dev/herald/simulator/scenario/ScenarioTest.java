package dev.herald.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScenarioTest {

  @ParameterizedTest
  @EnumSource(Knob.class)
  void everyKnobReadsWhatItPrints(Knob knob) {
    double value = knob.parse(knob.fallback());

    assertThat(knob.parse(knob.print(value))).isEqualTo(value);
    assertThat(Knob.of(knob.key())).contains(knob);
  }

  @ParameterizedTest
  @CsvSource({
    "read_rate,1.1",
    "read_rate,-0.1",
    "read_rate,NaN",
    "read_rate,often",
    "sent_delay,5",
    "sent_delay,-5s",
    "sent_delay,1000000d",
    "time_scale,-1",
    "seed,1.5",
    "pair_limit,maybe",
    "failure_mix,131026",
    "failure_mix,131026:0",
    "failure_mix,999:1",
    "no_such_thing,1"
  })
  void nonsenseIsRefused(String name, String value) {
    Scenario scenario = Scenario.realistic();

    assertThatThrownBy(() -> scenario.with(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name.equals("no_such_thing") ? "no setting" : name);
  }

  @ParameterizedTest
  @EnumSource(MagicNumber.class)
  void everyMagicNumberHasItsOwnDigitsAndAnOutcome(MagicNumber magic) {
    Scenario scenario = Scenario.smooth().with(Knob.MAGIC_NUMBERS, "true");
    long person = 15_550_000_000L + Long.parseLong(magic.digits());

    Outcome outcome =
        scenario.outcome(
            new Subject(person, "c", MessageKind.MARKETING, false, true, false, false));
    Set<Update> told = Update.set(outcome.bits());

    switch (magic) {
      case NOT_ON_WHATSAPP, LIMITED_BY_META, STOPPED_MARKETING, IN_EXPERIMENT, FILE_NOT_FOUND ->
          assertThat(told).containsExactly(Update.FAILED);
      case FAILS_AFTER_SENT -> assertThat(told).containsExactly(Update.SENT, Update.FAILED);
      case SILENT -> assertThat(told).isEmpty();
      case NOT_DELIVERED -> assertThat(told).containsExactly(Update.SENT);
      case NOT_READ -> assertThat(told).containsExactly(Update.SENT, Update.DELIVERED);
      case READ_ONLY -> assertThat(told).containsExactly(Update.SENT, Update.READ);
      case HELD -> assertThat(outcome.held()).isTrue();
      case HELD_AND_DROPPED -> assertThat(outcome.failureCode()).isEqualTo(132015);
      case REPLIES -> assertThat(told).contains(Update.TEXT_REPLY);
      case TAPS_BUTTON -> assertThat(told).contains(Update.BUTTON_REPLY);
      case SAYS_STOP -> assertThat(told).contains(Update.STOP_TEXT);
      case OPTS_OUT -> assertThat(told).contains(Update.OPT_OUT);
      case ANSWER_LOST ->
          assertThat(scenario.fault(person, "c", 0)).isEqualTo(HttpFault.RESET_AFTER_ACCEPT);
      case ANSWER_TIMES_OUT ->
          assertThat(scenario.fault(person, "c", 0)).isEqualTo(HttpFault.TIMEOUT);
      case READ -> assertThat(told).containsExactly(Update.SENT, Update.DELIVERED, Update.READ);
    }
    assertThat(
            Scenario.smooth()
                .outcome(new Subject(person, "c", MessageKind.MARKETING, false, true, false, false))
                .bits())
        .isEqualTo(Update.SENT.bit() | Update.DELIVERED.bit() | Update.READ.bit());
  }

  @Test
  void stormsComeAndGo() {
    Scenario stormy = Scenario.smooth().with(Knob.STORM_EVERY, "10s").with(Knob.STORM_FOR, "2s");

    assertThat(stormy.stormAt(500_000)).isTrue();
    assertThat(stormy.stormAt(2_500_000)).isFalse();
    assertThat(stormy.stormAt(11_000_000)).isTrue();
    assertThat(Scenario.smooth().stormAt(0)).isFalse();
  }
}
