package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import org.jspecify.annotations.Nullable;

/**
 * A recipient of a batch at the moment of dispatch.
 *
 * @param phone digits of E.164; 0 when erased
 * @param attempts made before
 * @param skip why it must not be attempted; null if it may
 */
record Target(
    Subject subject, long phone, Values values, int attempts, @Nullable SkipReason skip) {}
