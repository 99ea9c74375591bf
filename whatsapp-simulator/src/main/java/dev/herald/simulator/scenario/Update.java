package dev.herald.simulator.scenario;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a message can make WhatsApp report, each at most once as a fact (though it may be delivered
 * many times).
 */
public enum Update {
  SENT,
  DELIVERED,
  READ,
  FAILED,
  /** A text that quotes the message. */
  TEXT_REPLY,
  /** A text that quotes nothing. */
  PLAIN_TEXT,
  /** A tap on a quick-reply button of the template. */
  BUTTON_REPLY,
  /** The text STOP. */
  STOP_TEXT,
  /** The person stops marketing messages in the app: a user_preferences webhook. */
  OPT_OUT;

  private static final Update[] VALUES = values();

  /** Its place in compact tables; never stored. */
  @SuppressWarnings("EnumOrdinal")
  public int code() {
    return ordinal();
  }

  public int bit() {
    return 1 << code();
  }

  /** The name in JSON: {@code text_reply}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is one of {@code statuses[]} rather than something the person did. */
  public boolean isStatus() {
    return compareTo(FAILED) <= 0;
  }

  /** Whether it is a message of the person, which opens the customer service window. */
  public boolean isInbound() {
    return compareTo(TEXT_REPLY) >= 0 && compareTo(STOP_TEXT) <= 0;
  }

  public static Update at(int code) {
    return VALUES[code];
  }

  public static Set<Update> set(int bits) {
    Set<Update> set = EnumSet.noneOf(Update.class);
    for (Update update : VALUES) {
      if ((bits & update.bit()) != 0) {
        set.add(update);
      }
    }
    return set;
  }
}
