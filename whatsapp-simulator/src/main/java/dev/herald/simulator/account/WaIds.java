package dev.herald.simulator.account;

import java.util.Map;

/** Identities that WhatsApp gives a person beside the phone number. */
public final class WaIds {
  private static final Map<String, String> COUNTRIES =
      Map.ofEntries(
          Map.entry("1", "US"),
          Map.entry("7", "RU"),
          Map.entry("20", "EG"),
          Map.entry("27", "ZA"),
          Map.entry("31", "NL"),
          Map.entry("33", "FR"),
          Map.entry("34", "ES"),
          Map.entry("39", "IT"),
          Map.entry("44", "GB"),
          Map.entry("49", "DE"),
          Map.entry("52", "MX"),
          Map.entry("54", "AR"),
          Map.entry("55", "BR"),
          Map.entry("57", "CO"),
          Map.entry("60", "MY"),
          Map.entry("62", "ID"),
          Map.entry("65", "SG"),
          Map.entry("90", "TR"),
          Map.entry("91", "IN"),
          Map.entry("92", "PK"),
          Map.entry("234", "NG"),
          Map.entry("254", "KE"),
          Map.entry("880", "BD"),
          Map.entry("966", "SA"),
          Map.entry("971", "AE"));

  private WaIds() {}

  /**
   * The WhatsApp id of a number. Accounts older than a digit reform keep their old form: Brazilian
   * mobile numbers outside the area codes 11 to 28 lose the leading 9, Mexican numbers gain a 1
   * after the country code.
   */
  public static long of(long digits) {
    String text = Long.toString(digits);
    if (text.length() == 13 && text.startsWith("55") && text.charAt(4) == '9') {
      int areaCode = Integer.parseInt(text.substring(2, 4));
      return areaCode > 28 ? Long.parseLong(text.substring(0, 4) + text.substring(5)) : digits;
    }
    if (text.length() == 12 && text.startsWith("52")) {
      return Long.parseLong("521" + text.substring(2));
    }
    return digits;
  }

  /**
   * The business-scoped user id: country, dot, and a number that tells nothing about the phone
   * number.
   */
  public static String userId(BusinessAccount account, long waId) {
    long scrambled = (waId * 0x9E3779B97F4A7C15L) ^ (account.id().hashCode() * 0xBF58476D1CE4E5B9L);
    return country(Long.toString(waId)) + "." + Long.toUnsignedString(scrambled | Long.MIN_VALUE);
  }

  /**
   * The country calling code a number starts with; its first digit if the simulator does not know
   * the country.
   */
  public static String callingCode(String digits) {
    for (int length = Math.min(3, digits.length()); length > 1; length--) {
      if (COUNTRIES.containsKey(digits.substring(0, length))) {
        return digits.substring(0, length);
      }
    }
    return digits.substring(0, 1);
  }

  private static String country(String digits) {
    return COUNTRIES.getOrDefault(callingCode(digits), "ZZ");
  }
}
