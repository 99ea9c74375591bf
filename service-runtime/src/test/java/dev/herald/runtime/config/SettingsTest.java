package dev.herald.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @Test
  void aMissingSettingIsNamedWithItsMeaning() {
    assertThatThrownBy(() -> settings().required("HERALD_DB_USER", "The role."))
        .isInstanceOf(SettingException.class)
        .hasMessage("HERALD_DB_USER is not set. It is: The role.");
  }

  @Test
  void anEmptyValueCountsAsNotSet() {
    Settings settings = Settings.of(Map.of("NAME", "  "));
    assertThat(settings.string("NAME", "fallback", "A name.")).isEqualTo("fallback");
    assertThatThrownBy(() -> settings.required("NAME", "A name."))
        .isInstanceOf(SettingException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0", "11", "1.5", "99999999999"})
  void aNumberOutsideItsRangeIsRefused(String value) {
    assertThatThrownBy(() -> Settings.of(Map.of("N", value)).integer("N", 5, 1, 10, "A number."))
        .hasMessage("N is \"" + value + "\" but must be a whole number from 1 to 10.");
  }

  @ParameterizedTest
  @CsvSource({"250ms,PT0.25S", "30s,PT30S", "5m,PT5M", "2h,PT2H", "7d,PT168H"})
  void durationsAreANumberAndAUnit(String value, Duration expected) {
    assertThat(Settings.of(Map.of("D", value)).duration("D", Duration.ZERO, "A time."))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "s", "-5s", "1.5h", "5 m", "1w", "99999999999d"})
  void otherDurationsAreRefused(String value) {
    assertThatThrownBy(
            () -> Settings.of(Map.of("D", value)).duration("D", Duration.ZERO, "A time."))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("250ms, 30s, 5m, 2h or 7d");
  }

  @Test
  void aFlagIsTrueOrFalseAndNothingElse() {
    Settings settings = Settings.of(Map.of("ON", "true", "OFF", "false", "ODD", "yes"));
    assertThat(settings.flag("ON", false, "On.")).isTrue();
    assertThat(settings.flag("OFF", true, "Off.")).isFalse();
    assertThatThrownBy(() -> settings.flag("ODD", true, "Odd."))
        .isInstanceOf(SettingException.class);
  }

  @Test
  void listsDropBlanksAndEmptyParts() {
    assertThat(Settings.of(Map.of("L", " a, b,,c ")).list("L", List.of(), "A list."))
        .containsExactly("a", "b", "c");
  }

  @Test
  void aSecretMayStandInAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "hidden\n");
    Settings settings = Settings.of(Map.of("S_FILE", file.toString()));
    assertThat(settings.secret("S", "A secret.").value()).isEqualTo("hidden");
  }

  @Test
  void noSecretShowsInTheSummaryOrInToString() {
    Settings settings = Settings.of(Map.of("S", "hidden", "T", "shown"));
    Secret secret = settings.secret("S", "A secret.");
    settings.string("T", "", "A text.");
    assertThat(settings.summary()).isEqualTo("S=•••• T=shown");
    assertThat(secret.toString()).doesNotContain("hidden");
  }

  @Test
  void aShortSecretIsRefusedByName() {
    assertThatThrownBy(() -> new Secret("short").atLeastBytes(32, "HERALD_SERVICE_SECRET"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("HERALD_SERVICE_SECRET");
  }

  @Test
  void everySettingReadIsDescribedOnceInOrder() {
    Settings settings = settings();
    settings.integer("PORT", 8080, 0, 65_535, "The port.");
    settings.duration("KEEP", Duration.ofDays(7), "How long a|b.");
    settings.secretOr("KEY", "dev", "The key.");
    settings.integer("PORT", 8080, 0, 65_535, "The port.");
    Settings other = settings();
    other.integer("PORT", 9101, 0, 65_535, "The port.");
    Map<String, List<Setting>> read = new LinkedHashMap<>();
    read.put("gateway", settings.described());
    read.put("campaign", other.described());
    assertThat(SettingsTable.markdown(read))
        .isEqualTo(
            """
            | Setting | Value | Default | Read by | Meaning |
            | --- | --- | --- | --- | --- |
            | `PORT` | 0…65535 | `8080` (gateway), `9101` (campaign) | gateway, campaign | The port. |
            | `KEEP` | duration | `7d` | gateway | How long a\\|b. |
            | `KEY` | secret | a development value | gateway | The key. |
            """);
  }

  private static Settings settings() {
    return Settings.of(Map.of());
  }
}
