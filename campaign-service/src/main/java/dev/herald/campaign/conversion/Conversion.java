package dev.herald.campaign.conversion;

import dev.herald.campaign.campaign.CampaignId;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody did what a message asked for.
 *
 * @param id the teller's own
 * @param message the message it is owed to; empty when none preceded it
 * @param time when it happened
 */
public record Conversion(String id, Optional<Owed> message, Value value, Instant time) {

  /** A message of ours. */
  public record Owed(CampaignId campaign, int ordinal) {}

  /**
   * What it is worth.
   *
   * @param currency ISO 4217; "" and 0: it is not about money
   */
  public record Value(String currency, long micros) {
    public static final Value NONE = new Value("", 0);
  }

  /**
   * What a campaign brought in, in one currency.
   *
   * @param messages that led to at least one of the conversions
   */
  public record Total(long conversions, int messages, Value value) {}
}
