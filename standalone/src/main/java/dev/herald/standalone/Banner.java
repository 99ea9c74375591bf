package dev.herald.standalone;

/** What the person who started Herald needs to know, and nothing else. */
final class Banner {
  private Banner() {}

  static String of(Herald herald) {
    return """

    Herald is running.

      Dashboard       %s
      Sign in once    %s
      API key in      %s
      Sample audience %s
      Data folder     %s

    Simulated: the channel "Simulated number" talks to a WhatsApp simulator on this machine.
    Nothing reaches a phone and the money is play money, until you connect a real number.
    Stop with Ctrl-C; the next start continues where this one stopped.
    """
        .formatted(
            herald.address(),
            herald.signInLink(),
            herald.apiKeyFile(),
            herald.sampleAudienceFile(),
            herald.dataDirectory());
  }
}
