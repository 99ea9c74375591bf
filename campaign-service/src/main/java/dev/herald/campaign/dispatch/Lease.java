package dev.herald.campaign.dispatch;

import dev.herald.campaign.channel.ChannelId;
import java.time.Duration;

/**
 * The right to dispatch a channel, as its owner knows it. The owner's own clock ends it a second
 * before the database's does, so that the next owner finds the channel silent.
 */
final class Lease {
  private static final long MARGIN = Duration.ofSeconds(1).toNanos();

  private final ChannelId channel;
  private final long epoch;
  private final boolean justFreed;
  private volatile long validUntil;
  private volatile boolean lost;

  /**
   * @param justFreed the owner before gave it up a moment ago, perhaps right after a message
   */
  Lease(ChannelId channel, long epoch, boolean justFreed) {
    this.channel = channel;
    this.epoch = epoch;
    this.justFreed = justFreed;
  }

  ChannelId channel() {
    return channel;
  }

  long epoch() {
    return epoch;
  }

  boolean justFreed() {
    return justFreed;
  }

  /**
   * @param askedNanos when the database was asked: its answer counts from then at the latest
   */
  void renewed(long askedNanos, Duration length) {
    validUntil = askedNanos + length.toNanos() - MARGIN;
  }

  void lose() {
    lost = true;
  }

  boolean isValid(long nowNanos) {
    return !lost && nowNanos - validUntil < 0;
  }

  boolean isLost() {
    return lost;
  }
}
