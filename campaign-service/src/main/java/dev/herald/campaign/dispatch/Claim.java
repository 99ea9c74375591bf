package dev.herald.campaign.dispatch;

/** What became of an attempt to claim. */
sealed interface Claim {

  /** These messages are ours to send, and nobody else's. */
  record Claimed(Batch batch) implements Claim {}

  /** The campaign has nothing to send just now. */
  record Nothing() implements Claim {}

  /** The campaign is not LIVE, or the channel is somebody else's. */
  record Forbidden() implements Claim {}
}
