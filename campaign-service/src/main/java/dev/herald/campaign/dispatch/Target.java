package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.rules.Admission.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A recipient of a batch at the moment of dispatch.
 *
 * @param phone digits of E.164; 0 when erased
 * @param attempts made before
 * @param skip why it must not be attempted; null if it may
 * @param notBefore when the rules let it leave; null: now
 */
record Target(
    Subject subject,
    long phone,
    Values values,
    int attempts,
    @Nullable SkipReason skip,
    Verdict.@Nullable Wait notBefore) {
  Target skipped(SkipReason reason) {
    return new Target(subject, phone, values, attempts, reason, null);
  }

  Target waiting(Verdict.Wait wait) {
    return new Target(subject, phone, values, attempts, null, wait);
  }
}
