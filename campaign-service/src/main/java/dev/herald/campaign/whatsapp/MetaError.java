package dev.herald.campaign.whatsapp;

import dev.herald.runtime.Masked;
import org.jspecify.annotations.Nullable;

/**
 * An error in Meta's words, which are hostile text.
 *
 * @param code Meta's code, or −1 if the answer had none
 * @param subcode 0 if absent
 */
public record MetaError(int httpStatus, int code, int subcode, String title, String details) {
  public static final int NO_CODE = -1;
  private static final int MAX_TITLE = 300;
  private static final int MAX_DETAILS = 1000;

  public MetaError {
    title = cut(title, MAX_TITLE);
    details = cut(details, MAX_DETAILS);
  }

  /** The same without a person's number, which Meta's words may hold. */
  public MetaError without(long phone) {
    String digits = Long.toString(phone);
    return title.contains(digits) || details.contains(digits)
        ? new MetaError(
            httpStatus,
            code,
            subcode,
            title.replace(digits, Masked.phone(digits)),
            details.replace(digits, Masked.phone(digits)))
        : this;
  }

  /** For a person: code and words. */
  public String inWords() {
    String words = details.isEmpty() ? title : details;
    return (code == NO_CODE ? "HTTP " + httpStatus : "error " + code)
        + (words.isEmpty() ? "" : ": " + words);
  }

  // Cut by characters, never inside one, and without what PostgreSQL cannot store.
  private static String cut(@Nullable String text, int max) {
    if (text == null) {
      return "";
    }
    String storable = text.replace("\u0000", "");
    if (storable.length() <= max) {
      return storable;
    }
    int end = Character.isHighSurrogate(storable.charAt(max - 1)) ? max - 1 : max;
    return storable.substring(0, end);
  }
}
