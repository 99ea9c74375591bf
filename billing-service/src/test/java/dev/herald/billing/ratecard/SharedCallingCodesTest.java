package dev.herald.billing.ratecard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Meta bills by calling code, Herald by the region a number belongs to. So every region that shares
 * a calling code with a listed one must be listed too; the Caribbean ones of +1 that Meta does not
 * name belong to Other.
 */
class SharedCallingCodesTest {
  @Test
  void everyRegionOfASharedCallingCodeIsListed() {
    RateCardBook book = RateCardFiles.builtIn();
    PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    LocalDate day = LocalDate.of(2026, 10, 1);
    Set<String> missing = new HashSet<>();
    for (int code : numbers.getSupportedCallingCodes()) {
      var regions = numbers.getRegionCodesForCountryCode(code);
      boolean someListed = regions.stream().anyMatch(region -> listed(book, region, day));
      if (code != 1 && someListed) {
        regions.stream().filter(region -> !listed(book, region, day)).forEach(missing::add);
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean listed(RateCardBook book, String country, LocalDate day) {
    RateCard card = book.card("USD", day).orElseThrow();
    return card.markets().keySet().stream()
        .anyMatch(market -> book.countriesOf(card, market).contains(country));
  }
}
