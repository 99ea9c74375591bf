package dev.herald.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.MagicNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatorConfigTest {

  @Test
  void theEnvironmentSetsEverything() {
    SimulatorConfig config =
        SimulatorConfig.from(
            Map.of(
                "HERALD_SIMULATOR_PORT", "9999",
                "HERALD_SIMULATOR_ACCESS_TOKEN", "one,two",
                "HERALD_SIMULATOR_PHONE_NUMBERS", "20",
                "HERALD_SIMULATOR_THROUGHPUT", "1000",
                "HERALD_SIMULATOR_READ_RATE", "0.25",
                "HERALD_SIMULATOR_FAILURE_MIX", "131026:1",
                "PATH", "/usr/bin"));

    assertThat(config.port()).isEqualTo(9999);
    assertThat(config.app().accessTokens()).containsExactlyInAnyOrder("one", "two");
    assertThat(config.app().callbackUrl()).isNull();
    assertThat(config.phoneNumbers()).isEqualTo(20);
    assertThat(config.scenario().rate(Knob.READ_RATE)).isEqualTo(0.25);
    assertThat(config.scenario().settings()).containsEntry("failure_mix", "131026:1");
  }

  @ParameterizedTest
  @CsvSource({
    "HERALD_SIMULATOR_RED_RATE,0.5",
    "HERALD_SIMULATOR_READ_RATE,5",
    "HERALD_SIMULATOR_PORT,http",
    "HERALD_SIMULATOR_PORT,70000",
    "HERALD_SIMULATOR_THROUGHPUT,0"
  })
  void aMistakeIsNotIgnored(String name, String value) {
    assertThatThrownBy(() -> SimulatorConfig.from(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(SimulatorConfig.defaults().toString())
        .doesNotContain("simulator-app-secret", "simulator-access-token");
  }

  @Test
  void theReadmeTellsEverySetting() throws Exception {
    String readme = Files.readString(Path.of("README.md"));

    for (Knob knob : Knob.values()) {
      assertThat(readme)
          .contains("| `" + knob.key() + "` | " + knob.fallback() + " | " + knob.meaning() + " |");
    }
    for (Setting setting : Setting.values()) {
      assertThat(readme).contains("`" + setting.name() + "`", setting.meaning());
    }
    for (MagicNumber magic : MagicNumber.values()) {
      assertThat(readme).contains("`" + magic.digits() + "` " + magic.meaning());
    }
  }
}
