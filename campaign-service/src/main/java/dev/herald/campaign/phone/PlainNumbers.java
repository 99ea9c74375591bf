package dev.herald.campaign.phone;

import com.google.i18n.phonenumbers.Phonenumber;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The short way for numbers as most files have them: a plus and digits, of a calling code whose
 * numbers mean what they say. The library's way takes most of the time of reading a large file; for
 * these codes nothing it looks for (extensions, prefixes, carriers) can be in such a text, as a
 * test holds against the library itself.
 */
final class PlainNumbers {
  private static final Set<Integer> CODES =
      Set.of(
          20, 27, 31, 32, 33, 34, 44, 45, 46, 47, 48, 49, 60, 62, 64, 65, 66, 84, 90, 91, 92, 94,
          98, 212, 213, 216, 220, 221, 225, 233, 234, 237, 254, 255, 256, 260, 263, 351, 353, 358,
          380, 852, 855, 880, 961, 962, 964, 965, 966, 968, 971, 973, 974, 977);
  private static final int SHORTEST = 8;
  private static final int LONGEST = 16;
  private static final int LONGEST_CODE = 3;

  private PlainNumbers() {}

  static Set<Integer> codes() {
    return CODES;
  }

  /** The number, or null if the text needs the library's way. */
  static Phonenumber.@Nullable PhoneNumber read(String text) {
    int length = text.length();
    if (length < SHORTEST || length > LONGEST || text.charAt(0) != '+') {
      return null;
    }
    int code = 0;
    for (int i = 1; i <= LONGEST_CODE; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      code = code * 10 + digit;
      if (CODES.contains(code)) {
        return national(text, i + 1, code);
      }
    }
    return null;
  }

  private static Phonenumber.@Nullable PhoneNumber national(String text, int from, int code) {
    long national = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      // A leading zero is dialled inside the country only.
      if (digit < 0 || digit > 9 || (digit == 0 && i == from)) {
        return null;
      }
      national = national * 10 + digit;
    }
    return new Phonenumber.PhoneNumber().setCountryCode(code).setNationalNumber(national);
  }
}
