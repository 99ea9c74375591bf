package dev.herald.campaign.dispatch;

import dev.herald.runtime.config.Settings;
import java.time.Duration;

/**
 * The times by which sending is safe and quick.
 *
 * @param lease how long a channel stays with an owner that has fallen silent
 * @param poll how long a change made elsewhere may go unnoticed
 * @param sendWindow nothing of a batch is written to a socket later than this after its claim
 * @param sendTimeout longest time one message may be under way
 * @param grace how much longer a batch may stay open before its owner counts as lost
 */
public record DispatchConfig(
    Duration lease, Duration poll, Duration sendWindow, Duration sendTimeout, Duration grace) {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration SEND_WINDOW = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** With the usual times. */
  public static DispatchConfig of(Duration sendTimeout) {
    return new DispatchConfig(LEASE, POLL, SEND_WINDOW, sendTimeout, GRACE);
  }

  public static DispatchConfig from(Settings settings, Duration sendTimeout) {
    return new DispatchConfig(
        settings.duration(
            "HERALD_DISPATCH_LEASE",
            LEASE,
            "How long a channel stays with an instance that has fallen silent; at least 2s."),
        POLL,
        SEND_WINDOW,
        sendTimeout,
        settings.duration(
            "HERALD_DISPATCH_GRACE",
            GRACE,
            "How long after its last possible answer a lost batch is settled as unconfirmed."));
  }

  /** After this from its claim nothing of a batch can be under way. */
  Duration quietAfter() {
    return sendWindow.plus(sendTimeout).plusSeconds(1);
  }

  /** After this from its claim a batch that is still open has lost its owner. */
  Duration settleAfter() {
    return quietAfter().plus(grace);
  }
}
