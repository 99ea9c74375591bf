package dev.herald.campaign.whatsapp;

/** What one attempt to hand over one message came to. */
public sealed interface SendResult {

  /**
   * WhatsApp took it.
   *
   * @param wamid its id of the message; holds the person's number
   */
  record Accepted(String wamid) implements SendResult {}

  /** WhatsApp took it and holds it for quality assessment. */
  record Held(String wamid) implements SendResult {}

  /**
   * WhatsApp answered that it did not take it.
   *
   * @param action never UNKNOWN
   * @param retryAfterSeconds what WhatsApp asked for, or 0
   */
  record Refused(MetaError error, ErrorAction action, long retryAfterSeconds)
      implements SendResult {}

  /** Nothing was written: WhatsApp knows nothing of it. */
  record NotSent(String why) implements SendResult {}

  /** WhatsApp may have taken it. */
  record Unknown(String why) implements SendResult {}
}
