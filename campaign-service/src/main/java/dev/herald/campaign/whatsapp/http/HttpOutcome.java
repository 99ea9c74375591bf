package dev.herald.campaign.whatsapp.http;

/** How far one request came. */
public sealed interface HttpOutcome {

  /**
   * The server answered, whatever it said.
   *
   * @param retryAfterSeconds what the server asked for, or 0
   */
  record Answered(int status, byte[] body, long retryAfterSeconds) implements HttpOutcome {}

  /** Certainly not received: not a byte of the request was written. */
  record NotWritten(String why) implements HttpOutcome {}

  /**
   * At least a byte was written and no whole answer came: the server may have acted on it or not.
   */
  record Unknown(String why) implements HttpOutcome {}
}
