package dev.herald.campaign.dispatch.model;

/** Ways to get the protocol wrong; the model must find each of them out. */
enum Mutant {
  /** Whoever takes the channel over sends the batches of its dead owner again. */
  REVIVE_LEASE,
  /** The first message leaves before the claim is durable. */
  SEND_BEFORE_COMMIT,
  /** The claim locks the campaign FOR KEY SHARE: a change of status does not wait for it. */
  CLAIM_FOR_KEY_SHARE,
  /** The claim does not look at the campaign's status. */
  CLAIM_WHATEVER_STATUS,
  /** Nobody looks again, before a message is written, whether the campaign has changed. */
  NO_SECOND_CHECK,
  /** A message may be written however long ago it was claimed. */
  NO_SEND_WINDOW,
  /** A batch is settled although its owner still works on it. */
  SETTLE_OWNED,
  /** An owner that comes late closes a batch that was settled meanwhile. */
  CLOSE_AFTER_SETTLEMENT,
  /** A message without an answer is released as unsent. */
  RETRY_WITHOUT_ANSWER,
  /** What a pause held back is not put back into the queue. */
  DROP_UNSENT,
  /** The campaign is SENT as soon as the last recipient is claimed. */
  FINISH_WITH_OPEN_BATCHES,
  /** Unconfirmed recipients are copied into the queue, so that a second click queues them again. */
  RETRY_COPIES,
  /** The barrier waits for the batches of one process only. */
  BARRIER_SEES_ONE_PROCESS
}
