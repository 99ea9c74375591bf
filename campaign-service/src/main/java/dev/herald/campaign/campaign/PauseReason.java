package dev.herald.campaign.campaign;

import java.time.Instant;

/**
 * Why a campaign is PAUSED.
 *
 * @param message one sentence with what to do next
 * @param errorCode Meta's code when one was the cause, else 0
 */
public record PauseReason(Kind kind, String message, int errorCode, Instant time) {

  /** Who or what paused it. */
  public enum Kind {
    BY_USER,
    FUNDS,
    TEMPLATE,
    CHANNEL,
    ERRORS,
    UNREACHABLE,
    MISSED_START,
    RESTORED
  }
}
