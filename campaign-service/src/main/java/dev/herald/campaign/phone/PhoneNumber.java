package dev.herald.campaign.phone;

import dev.herald.runtime.Masked;

/**
 * A number WhatsApp can be asked to reach.
 *
 * @param digits E.164 without "+"
 * @param country ISO 3166-1 alpha-2 of its numbering plan, {@code ZZ} if unknown
 */
public record PhoneNumber(long digits, String country) {
  public static final String UNKNOWN_COUNTRY = "ZZ";

  /** With "+" and in full: without the plus WhatsApp puts the sender's country in front. */
  public String e164() {
    return e164(digits);
  }

  public static String e164(long digits) {
    return "+" + digits;
  }

  @Override
  public String toString() {
    return Masked.phone(Long.toString(digits));
  }
}
