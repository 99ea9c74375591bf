package dev.herald.simulator.scenario;

import java.util.Arrays;
import java.util.Optional;

/**
 * Last four digits that force an outcome when {@link Knob#MAGIC_NUMBERS} is on, for demonstrations
 * by hand.
 */
public enum MagicNumber {
  NOT_ON_WHATSAPP(1, "fails with 131026"),
  READ(2, "sent, delivered and read"),
  NOT_READ(3, "sent and delivered, never read"),
  LIMITED_BY_META(4, "fails with 131049"),
  STOPPED_MARKETING(5, "fails with 131050"),
  IN_EXPERIMENT(6, "fails with 130472"),
  SILENT(7, "accepted, then nothing is heard"),
  HELD(8, "held for quality assessment, then delivered"),
  HELD_AND_DROPPED(9, "held for quality assessment, then dropped with 132015"),
  REPLIES(10, "read and answered with a text"),
  TAPS_BUTTON(11, "read and answered with the first quick-reply button (a text if there is none)"),
  SAYS_STOP(12, "read and answered STOP"),
  OPTS_OUT(13, "read, then the person stops marketing messages"),
  FAILS_AFTER_SENT(14, "sent, then fails with 131000"),
  READ_ONLY(15, "read is reported, delivered never"),
  ANSWER_LOST(16, "taken, but the answer is a connection reset"),
  ANSWER_TIMES_OUT(17, "taken, but never answered"),
  NOT_DELIVERED(18, "sent, then nothing"),
  FILE_NOT_FOUND(19, "fails with 131053");

  private final int lastDigits;
  private final String meaning;

  MagicNumber(int lastDigits, String meaning) {
    this.lastDigits = lastDigits;
    this.meaning = meaning;
  }

  /** The last four digits. */
  public String digits() {
    return "%04d".formatted(lastDigits);
  }

  public String meaning() {
    return meaning;
  }

  static Optional<MagicNumber> of(long person) {
    return Arrays.stream(values()).filter(magic -> magic.lastDigits == person % 10_000).findFirst();
  }
}
