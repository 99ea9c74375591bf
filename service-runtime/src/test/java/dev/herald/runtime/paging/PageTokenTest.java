package dev.herald.runtime.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import java.time.Instant;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class PageTokenTest {

  @Property
  void sortValuesComeBackAsTheyWere(
      @ForAll long number, @ForAll @StringLength(max = 100) String any, @ForAll Instant instant) {
    String text = any.replace("\0", "");
    String token = PageToken.write("things.1").number(number).text(text).instant(instant).token();
    PageToken.Reader reader = PageToken.read("things.1", token);
    assertThat(reader.number()).isEqualTo(number);
    assertThat(reader.text()).isEqualTo(text);
    assertThat(reader.instant()).isEqualTo(instant);
    reader.end();
  }

  @Property
  void garbageIsAnInvalidPageToken(@ForAll String garbage) {
    assertRefused(() -> PageToken.read("things.1", garbage).number());
  }

  @Example
  void aTokenOfAnotherListOrOrderIsRefused() {
    String token = PageToken.write("things.1").number(7).token();
    assertRefused(() -> PageToken.read("things.2", token));
  }

  @Example
  void missingExtraAndOtherTypedValuesAreRefused() {
    String token = PageToken.write("things.1").number(7).token();
    assertRefused(() -> PageToken.read("things.1", token).text());
    assertRefused(() -> PageToken.read("things.1", token).end());
    assertRefused(
        () -> {
          PageToken.Reader reader = PageToken.read("things.1", token);
          reader.number();
          reader.number();
        });
  }

  @Example
  void whatNoQueryTakesIsRefused() {
    String text = PageToken.write("things.1").text("a\0b").token();
    assertRefused(() -> PageToken.read("things.1", text).text());
    for (Instant never : new Instant[] {Instant.MIN, Instant.MAX}) {
      String time = PageToken.write("things.1").instant(never).token();
      assertRefused(() -> PageToken.read("things.1", time).instant());
    }
  }

  @Example
  void aTokenFitsAnAddress() {
    assertThat(PageToken.write("things.1").number(7).token()).matches("[A-Za-z0-9_-]+");
  }

  @Example
  void sizesAreKeptWithinBounds() {
    assertThat(PageSize.of(0)).isEqualTo(50);
    assertThat(PageSize.of(7)).isEqualTo(7);
    assertThat(PageSize.of(5000)).isEqualTo(1000);
    assertThatThrownBy(() -> PageSize.of(-1)).isInstanceOf(HeraldException.class);
  }

  private static void assertRefused(Runnable reading) {
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(
            HeraldException.class,
            error -> {
              assertThat(error.kind()).isEqualTo(Kind.INVALID);
              assertThat(error.reason()).isEqualTo("PAGE_TOKEN_INVALID");
              assertThat(error.violations().getFirst().field()).isEqualTo("page_token");
            });
  }
}
