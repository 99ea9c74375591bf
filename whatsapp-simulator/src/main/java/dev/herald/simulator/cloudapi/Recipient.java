package dev.herald.simulator.cloudapi;

import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.account.WaIds;
import java.util.OptionalLong;

/** Reads the {@code to} of a send. */
final class Recipient {
  private static final int FEWEST_DIGITS = 7;
  private static final int MOST_DIGITS = 15;

  private Recipient() {}

  /**
   * The recipient's digits, or empty if it is no phone number. Without the plus sign Meta takes the
   * number as a national one of the sender's country, which is how messages reach strangers: so
   * does the simulator.
   */
  static OptionalLong digits(String to, PhoneNumber sender) {
    StringBuilder digits = new StringBuilder(MOST_DIGITS);
    boolean plus = false;
    for (int i = 0; i < to.length(); i++) {
      char c = to.charAt(i);
      if (c >= '0' && c <= '9') {
        digits.append(c);
      } else if (c == '+' && !plus && digits.isEmpty()) {
        plus = true;
      } else if (" -.()".indexOf(c) < 0) {
        return OptionalLong.empty();
      }
    }
    if (!plus) {
      digits.insert(0, WaIds.callingCode(sender.digits()));
    }
    boolean valid =
        digits.length() >= FEWEST_DIGITS
            && digits.length() <= MOST_DIGITS
            && digits.charAt(0) != '0';
    return valid ? OptionalLong.of(Long.parseLong(digits.toString())) : OptionalLong.empty();
  }
}
