package dev.herald.runtime.messagekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.messagekey.MessageKeyReading.Foreign;
import dev.herald.runtime.messagekey.MessageKeyReading.Forged;
import dev.herald.runtime.messagekey.MessageKeyReading.Genuine;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MessageKeyCodecTest {
  private static final Secret SECRET = new Secret("0123456789abcdef0123456789abcdef");
  private static final Secret OTHER = new Secret("fedcba9876543210fedcba9876543210");
  private static final String PHONE_NUMBER_ID = "106540352242922";

  private final MessageKeyCodec codec = new MessageKeyCodec(SECRET);

  @Property
  void whatWasEncodedIsReadBackAndFitsWhatsApp(
      @ForAll("keys") MessageKey key, @ForAll @LongRange(min = 1) long workspace) {
    String callback = codec.encode(key, workspace, PHONE_NUMBER_ID);
    assertThat(callback.length()).isLessThanOrEqualTo(MessageKeyCodec.MAX_LENGTH);
    assertThat(codec.read(callback, workspace, PHONE_NUMBER_ID)).isEqualTo(new Genuine(key));
  }

  @Property
  void anotherWorkspacePhoneNumberOrSecretMakesItForged(
      @ForAll("keys") MessageKey key,
      @ForAll @LongRange(min = 1) long workspace,
      @ForAll @LongRange(min = 1) long other) {
    String callback = codec.encode(key, workspace, PHONE_NUMBER_ID);
    if (other != workspace) {
      assertThat(codec.read(callback, other, PHONE_NUMBER_ID)).isEqualTo(new Forged());
    }
    assertThat(codec.read(callback, workspace, "1")).isEqualTo(new Forged());
    assertThat(new MessageKeyCodec(OTHER).read(callback, workspace, PHONE_NUMBER_ID))
        .isEqualTo(new Forged());
  }

  @Property
  void noChangedCharacterIsEverGenuine(
      @ForAll("keys") MessageKey key,
      @ForAll @IntRange(max = 200) int position,
      @ForAll char replacement) {
    String callback = codec.encode(key, 7, PHONE_NUMBER_ID);
    StringBuilder changed = new StringBuilder(callback);
    changed.setCharAt(position % callback.length(), replacement);
    if (!changed.toString().equals(callback)) {
      assertThat(codec.read(changed.toString(), 7, PHONE_NUMBER_ID)).isNotInstanceOf(Genuine.class);
    }
  }

  @Property
  void anyTextIsReadWithoutFailing(@ForAll String text) {
    assertThat(codec.read(text, 7, PHONE_NUMBER_ID)).isEqualTo(new Foreign());
    assertThat(codec.read("h1." + text, 7, PHONE_NUMBER_ID)).isNotInstanceOf(Genuine.class);
  }

  @Example
  void theFormIsStable() {
    MessageKey key = new MessageKey(123456789012L, 42, "IN", 20260131);
    assertThat(codec.encode(key, 99, PHONE_NUMBER_ID))
        .isEqualTo("h1.123456789012.42.IN.20260131.7PaM_wN9fAIithfKGilQew");
  }

  @Example
  void absentAndForeignCallbacksAreForeign() {
    assertThat(codec.read(null, 7, PHONE_NUMBER_ID)).isEqualTo(new Foreign());
    assertThat(codec.read("order-17", 7, PHONE_NUMBER_ID)).isEqualTo(new Foreign());
    assertThat(codec.read("h1.".repeat(500), 7, PHONE_NUMBER_ID)).isEqualTo(new Foreign());
  }

  @Example
  void numbersBeyond63BitsAreForeign() {
    assertThat(codec.read("h1.9999999999999999999.0.IN.0." + "a".repeat(22), 7, PHONE_NUMBER_ID))
        .isEqualTo(new Foreign());
  }

  @Example
  void aReplacedSecretStillVerifiesButNoLongerSigns() {
    MessageKey key = new MessageKey(1, 0, "ZZ", 0);
    MessageKeyCodec rotated = new MessageKeyCodec(List.of(OTHER, SECRET));
    assertThat(rotated.read(codec.encode(key, 7, PHONE_NUMBER_ID), 7, PHONE_NUMBER_ID))
        .isEqualTo(new Genuine(key));
    assertThat(codec.read(rotated.encode(key, 7, PHONE_NUMBER_ID), 7, PHONE_NUMBER_ID))
        .isEqualTo(new Forged());
  }

  @Example
  void aShortSecretIsRefused() {
    assertThatThrownBy(() -> new MessageKeyCodec(new Secret("short")))
        .isInstanceOf(SettingException.class);
  }

  @Provide
  Arbitrary<MessageKey> keys() {
    return Combinators.combine(
            Arbitraries.longs().between(1, Long.MAX_VALUE),
            Arbitraries.longs().between(0, Long.MAX_VALUE),
            Arbitraries.strings().withCharRange('A', 'Z').ofLength(2),
            Arbitraries.integers().between(0, 99_991_231))
        .as(MessageKey::new);
  }
}
