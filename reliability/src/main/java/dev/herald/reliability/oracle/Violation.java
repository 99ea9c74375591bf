package dev.herald.reliability.oracle;

/**
 * Something that must not be.
 *
 * @param promise the broken promise, P1 to P10
 */
public record Violation(String promise, long campaign, String what) {
  @Override
  public String toString() {
    return promise + (campaign == 0 ? "" : " campaign " + campaign) + ": " + what;
  }
}
