package dev.herald.campaign.phone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The short way reads what the library reads, number by number. */
class PlainNumbersTest {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
  private static final int NUMBERS = 1500;

  @Test
  void everyPlainNumberIsReadAsTheLibraryReadsIt() {
    Random random = new Random(20_26);
    for (int code : new TreeSet<>(PlainNumbers.codes())) {
      for (int i = 0; i < NUMBERS; i++) {
        assertSame("+" + code + digits(random, 3 + random.nextInt(12)));
      }
      // Numbers that exist, and their neighbours.
      for (String region : LIBRARY.getRegionCodesForCountryCode(code)) {
        for (PhoneNumberUtil.PhoneNumberType type : LIBRARY.getSupportedTypesForRegion(region)) {
          PhoneNumber example = LIBRARY.getExampleNumberForType(region, type);
          String text = LIBRARY.format(example, PhoneNumberFormat.E164);
          assertSame(text);
          for (int i = code < 100 ? 3 : 4; i < text.length(); i++) {
            for (char digit = '0'; digit <= '9'; digit++) {
              assertSame(text.substring(0, i) + digit + text.substring(i + 1));
            }
          }
        }
      }
    }
  }

  private static void assertSame(String text) {
    assertThat(PhoneNumbers.parse(text, "")).isEqualTo(PhoneNumbers.parseAnyhow(text, ""));
  }

  private static String digits(Random random, int count) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < count; i++) {
      digits.append(random.nextInt(10));
    }
    return digits.toString();
  }

  @Test
  void everythingElseGoesTheLibrarysWay() {
    for (String text :
        new String[] {
          "", "+", "+91", "919800000001", "+91 98000", "+910980000000", "+1212555012"
        }) {
      assertThat(PlainNumbers.read(text)).as(text).isNull();
    }
    assertThat(PlainNumbers.read("+919800000001")).isNotNull();
  }
}
