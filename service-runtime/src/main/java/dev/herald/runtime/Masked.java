package dev.herald.runtime;

import org.jspecify.annotations.Nullable;

/** Personal data as logs may show it. */
public final class Masked {
  private static final int HEAD = 2;
  private static final int TAIL = 2;

  private Masked() {}

  /** A phone number with its first two and last two digits: {@code 91••••••••10}. */
  public static String phone(@Nullable String number) {
    if (number == null || number.isEmpty()) {
      return "(none)";
    }
    String digits = number.startsWith("+") ? number.substring(1) : number;
    if (digits.length() < 8) {
      return "•".repeat(Math.min(digits.length(), 8));
    }
    return digits.substring(0, HEAD)
        + "•".repeat(Math.min(digits.length() - HEAD - TAIL, 16))
        + digits.substring(digits.length() - TAIL);
  }
}
