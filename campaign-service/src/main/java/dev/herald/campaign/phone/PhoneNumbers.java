package dev.herald.campaign.phone;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import dev.herald.runtime.Masked;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads numbers as people write them: with spaces, brackets and dots, national with a default
 * region, in any script's digits, with the apostrophe by which spreadsheets keep a text.
 *
 * <p>A number with its country code is taken if its length is possible there: WhatsApp knows better
 * than any table whether it is in use, and a refusal costs nothing. A national number is taken only
 * if the numbering plan knows it, because there the country is our guess.
 */
public final class PhoneNumbers {
  private static final PhoneNumberUtil LIBRARY = PhoneNumberUtil.getInstance();
  private static final Set<String> REGIONS = LIBRARY.getSupportedRegions();
  private static final int MAX_WRITTEN = 40;
  private static final long MIN_DIGITS = 1_000_000L;
  private static final long MAX_DIGITS = 999_999_999_999_999L;

  private static final int MEXICO = 52;
  private static final long MEXICAN_NUMBERS = 10_000_000_000L;

  private PhoneNumbers() {}

  /** True if national numbers of this region can be read. */
  public static boolean isRegion(String region) {
    return REGIONS.contains(region);
  }

  /**
   * @param defaultRegion ISO 3166-1 alpha-2 for numbers without a country code; empty: they are bad
   */
  public static Parsed parse(@Nullable String written, String defaultRegion) {
    String text = written == null ? "" : unquoted(written.strip());
    Phonenumber.PhoneNumber plain = PlainNumbers.read(text);
    return plain == null ? parseAnyhow(text, defaultRegion) : checked(text, plain, true, "");
  }

  /** The same without the short way for plain numbers. */
  static Parsed parseAnyhow(String text, String defaultRegion) {
    if (text.isEmpty()) {
      return new Parsed.Bad("NUMBER_MISSING", "There is no phone number.");
    }
    if (text.length() > MAX_WRITTEN) {
      return bad(text, "is too long");
    }
    if (isScientific(text)) {
      return bad(
          text,
          "was shortened by a spreadsheet, such as 9.1E+11; format the column as text and export"
              + " again");
    }
    if (hasLetters(text)) {
      return bad(text, "contains letters");
    }
    return read(text, defaultRegion);
  }

  private static Parsed read(String text, String defaultRegion) {
    boolean international = text.charAt(0) == '+' || text.charAt(0) == '\uFF0B';
    if (!international && defaultRegion.isEmpty()) {
      return bad(
          text,
          "has no country code; write it with \"+\" and the country code, or set a default region");
    }
    Phonenumber.PhoneNumber number;
    try {
      number = LIBRARY.parse(text, international ? null : defaultRegion);
    } catch (NumberParseException e) {
      return bad(text, explain(e.getErrorType()));
    }
    return checked(text, number, international, defaultRegion);
  }

  private static Parsed checked(
      String text, Phonenumber.PhoneNumber number, boolean international, String defaultRegion) {
    withoutOldMobilePrefix(number);
    if (number.hasExtension()) {
      return bad(text, "has an extension");
    }
    ValidationResult length = LIBRARY.isPossibleNumberWithReason(number);
    if (length != ValidationResult.IS_POSSIBLE) {
      return bad(text, explain(length));
    }
    if (!international && !LIBRARY.isValidNumber(number)) {
      return bad(text, "is not a number of " + defaultRegion);
    }
    long digits = ofWhatsAppId(digits(number));
    if (digits < MIN_DIGITS || digits > MAX_DIGITS) {
      return bad(text, "does not have 7 to 15 digits");
    }
    return new Parsed.Good(new PhoneNumber(digits, country(number)));
  }

  // Mexico: the "1" that was dialled before mobile numbers until 2019.
  private static void withoutOldMobilePrefix(Phonenumber.PhoneNumber number) {
    long national = number.getNationalNumber();
    if (number.getCountryCode() == MEXICO && national / MEXICAN_NUMBERS == 1) {
      number.setNationalNumber(national % MEXICAN_NUMBERS);
    }
  }

  /**
   * The number of a person as it is dialled, given WhatsApp's id of the person. The two differ
   * where numbering plans were changed after accounts had been made: Brazil's mobile numbers got a
   * ninth digit, Mexico's lost a leading one. Written numbers go through this too, so that a person
   * is one contact, however the number came.
   */
  public static long ofWhatsAppId(long digits) {
    String text = Long.toString(digits);
    boolean oldBrazil = text.startsWith("55") && text.length() == 12 && text.charAt(4) >= '6';
    if (oldBrazil) {
      return Long.parseLong(text.substring(0, 4) + "9" + text.substring(4));
    }
    boolean oldMexico = text.startsWith("521") && text.length() == 13;
    return oldMexico ? Long.parseLong("52" + text.substring(3)) : digits;
  }

  /** The country of a number that is E.164 already, as WhatsApp itself gives it. */
  public static String countryOf(long digits) {
    try {
      return country(LIBRARY.parse(PhoneNumber.e164(digits), null));
    } catch (NumberParseException e) {
      return PhoneNumber.UNKNOWN_COUNTRY;
    }
  }

  private static String country(Phonenumber.PhoneNumber number) {
    String region = LIBRARY.getRegionCodeForNumber(number);
    // "001" stands for numbers of no country, such as satellite phones.
    return region == null || !isCountry(region) ? PhoneNumber.UNKNOWN_COUNTRY : region;
  }

  private static boolean isCountry(String region) {
    return region.length() == 2 && Character.isLetter(region.charAt(0));
  }

  private static long digits(Phonenumber.PhoneNumber number) {
    String national = LIBRARY.getNationalSignificantNumber(number);
    return Long.parseLong(number.getCountryCode() + national);
  }

  private static String unquoted(String text) {
    return text.startsWith("'") ? text.substring(1).strip() : text;
  }

  private static boolean isScientific(String text) {
    int exponent = text.toUpperCase(Locale.ROOT).indexOf('E');
    return exponent > 0
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || "eE+.,-".indexOf(c) >= 0);
  }

  private static boolean hasLetters(String text) {
    return text.codePoints().anyMatch(Character::isLetter);
  }

  private static Parsed bad(String written, String what) {
    return new Parsed.Bad("INVALID_NUMBER", "The number " + masked(written) + " " + what + ".");
  }

  private static String masked(String written) {
    StringBuilder digits = new StringBuilder();
    written
        .codePoints()
        .filter(Character::isDigit)
        .limit(15)
        .forEach(c -> digits.append(Character.digit(c, 10)));
    return digits.isEmpty() ? "(no digits)" : Masked.phone(digits.toString());
  }

  private static String explain(NumberParseException.ErrorType type) {
    return switch (type) {
      case INVALID_COUNTRY_CODE -> "has a country code that does not exist";
      case NOT_A_NUMBER -> "is not a phone number";
      case TOO_SHORT_AFTER_IDD, TOO_SHORT_NSN -> "is too short";
      case TOO_LONG -> "is too long";
    };
  }

  private static String explain(ValidationResult result) {
    return switch (result) {
      case TOO_SHORT -> "is too short";
      case TOO_LONG -> "is too long";
      case IS_POSSIBLE_LOCAL_ONLY -> "has no area code";
      case INVALID_COUNTRY_CODE -> "has a country code that does not exist";
      case INVALID_LENGTH, IS_POSSIBLE -> "has a length that does not exist in its country";
    };
  }
}
