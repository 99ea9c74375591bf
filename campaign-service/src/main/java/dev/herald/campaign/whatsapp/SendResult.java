package dev.herald.campaign.whatsapp;

/** What one attempt to hand over one message came to. */
public sealed interface SendResult {

  /** WhatsApp took it. */
  record Accepted() implements SendResult {}

  /** WhatsApp took it and holds it for quality assessment. */
  record Held() implements SendResult {}

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
