package dev.herald.gateway.aisensy;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Locale;
import java.util.Optional;

/**
 * The numbers AiSensy takes: with a dial code, with or without {@code +}; what belongs to no
 * country is taken as one of the default country, India unless the call says otherwise.
 */
final class Destination {
  static final String DEFAULT_COUNTRY = "IN";

  private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
  private static final int MAX_LENGTH = 32;

  private Destination() {}

  /** The number in E.164, or empty if it is none. */
  static Optional<String> parse(String given, String defaultCountry) {
    String digits = given.strip();
    if (digits.isEmpty() || digits.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String region = defaultCountry.isBlank() ? DEFAULT_COUNTRY : defaultCountry.strip();
    return international(digits.startsWith("+") ? digits : "+" + digits)
        .or(() -> number(digits, region.toUpperCase(Locale.ROOT)));
  }

  private static Optional<String> international(String digits) {
    return number(digits, "ZZ");
  }

  private static Optional<String> number(String digits, String region) {
    try {
      PhoneNumber number = NUMBERS.parse(digits, region);
      return NUMBERS.isValidNumber(number)
          ? Optional.of(NUMBERS.format(number, PhoneNumberFormat.E164))
          : Optional.empty();
    } catch (NumberParseException e) {
      return Optional.empty();
    }
  }
}
