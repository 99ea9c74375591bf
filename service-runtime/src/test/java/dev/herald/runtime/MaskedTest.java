package dev.herald.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MaskedTest {

  @Test
  void aPhoneNumberShowsItsEndsOnly() {
    assertThat(Masked.phone("+919876543210")).isEqualTo("91••••••••10");
    assertThat(Masked.phone("919876543210")).isEqualTo("91••••••••10");
  }

  @Test
  void whatIsTooShortToHideAnythingShowsNothing() {
    assertThat(Masked.phone("1234567")).isEqualTo("•••••••");
    assertThat(Masked.phone("")).isEqualTo("(none)");
    assertThat(Masked.phone(null)).isEqualTo("(none)");
  }
}
