package dev.herald.simulator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WamidsTest {

  @Property(tries = 500)
  void anIdLeadsBackToItsMessage(
      @ForAll long run,
      @ForAll @LongRange(min = 1, max = 1L << 50) long id,
      @ForAll @LongRange(min = 1_000_000L, max = 999_999_999_999_999L) long person) {
    Wamids wamids = new Wamids(run);

    assertThat(wamids.outboundId(wamids.outbound(id, person))).hasValue(id);
    assertThat(wamids.outbound(id, person)).isNotEqualTo(wamids.outbound(id + 1, person));
    assertThat(wamids.inbound(id, 1, person)).isNotEqualTo(wamids.inbound(id, 2, person));
    assertThat(wamids.outboundId(wamids.inbound(id, 1, person))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wamid.",
        "wamid.!!!!",
        "wamid.HBgL",
        "HBgLMTY1MDM4Nzk0MzkVAgARGBI0",
        "wamid.HBh/AAAA"
      })
  void whatIsNoIdLeadsNowhere(String text) {
    assertThat(new Wamids(1).outboundId(text)).isEmpty();
  }
}
