package dev.herald.runtime.messagekey;

import java.util.regex.Pattern;

/**
 * What a message carries through WhatsApp and back in every status.
 *
 * @param campaign the campaign
 * @param ordinal the recipient's number inside it, from 0
 * @param country region of the phone number, two capital letters, {@code ZZ} if unknown
 * @param lot UTC day (yyyymmdd) on which the message's money was reserved; 0 if no money is
 *     involved
 */
public record MessageKey(long campaign, long ordinal, String country, int lot) {
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

  public MessageKey {
    if (campaign <= 0 || ordinal < 0 || lot < 0 || !COUNTRY.matcher(country).matches()) {
      throw new IllegalArgumentException(
          "Not a message key: " + campaign + ", " + ordinal + ", " + country + ", " + lot);
    }
  }
}
