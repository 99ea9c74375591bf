package dev.herald.campaign.dispatch;

import dev.herald.campaign.whatsapp.ChannelAccess;

/**
 * What all batches of a channel share: its right to send, its rate, its troubles.
 *
 * @param drained told when nothing of the channel is under way any more
 */
record ChannelRuntime(
    ChannelAccess access,
    Lease lease,
    TokenBucket bucket,
    PairLimit pairs,
    Breaker breaker,
    Runnable drained) {}
