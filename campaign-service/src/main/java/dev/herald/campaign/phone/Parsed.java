package dev.herald.campaign.phone;

/** What a written number turned out to be. */
public sealed interface Parsed {

  /** A number to send to. */
  record Good(PhoneNumber number) implements Parsed {}

  /**
   * Not a number to send to.
   *
   * @param reason NUMBER_MISSING or INVALID_NUMBER
   * @param message for a person, the number masked
   */
  record Bad(String reason, String message) implements Parsed {}
}
