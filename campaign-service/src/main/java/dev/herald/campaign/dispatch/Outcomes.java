package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.reply.SentMessageStore.Sent;
import dev.herald.campaign.reply.WhatsAppIds;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.rules.Admission.Verdict;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.whatsapp.ErrorAction;
import dev.herald.campaign.whatsapp.MetaError;
import dev.herald.campaign.whatsapp.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** What follows from each outcome: a fact, another attempt, a doubt. One for each batch. */
final class Outcomes {
  private static final long MAX_THROTTLED_DELAY = 60_000;
  private static final long UNREACHABLE_DELAY = 1_000;
  private static final int MAX_REFUSALS = 50;
  private static final int MAX_PAIR_REFUSALS = 6;

  private final CampaignRun run;
  private final Closing closing;
  private final Instant now = Instant.now();

  Outcomes(CampaignRun run) {
    this.run = run;
    Campaign campaign = run.campaign();
    this.closing = new Closing(new EvidenceBatch(campaign.workspace(), campaign.id()));
  }

  Closing closing() {
    return closing;
  }

  /** It is never attempted. */
  void skipped(Target target, SkipReason reason) {
    closing.evidence.skipped(target.subject(), reason, now);
    testResult(target, 0, "The person is skipped: " + reason + ".");
  }

  /**
   * It was not attempted now, for it has to wait.
   *
   * @param delayMillis at least
   */
  void postponed(Target target, long delayMillis) {
    Verdict.Wait wait = target.notBefore();
    long ruled =
        wait == null ? 0 : Math.max(1, Duration.between(Instant.now(), wait.until()).toMillis());
    retry(target, target.attempts(), Math.max(delayMillis, ruled));
  }

  /** It was attempted. */
  void attempted(Target target, SendResult result) {
    switch (result) {
      case SendResult.Accepted accepted -> {
        closing.evidence.add(target.subject(), EvidenceKind.ACCEPTED, now);
        accepted(target, accepted.wamid());
      }
      case SendResult.Held held -> {
        closing.evidence.add(target.subject(), EvidenceKind.HELD, now);
        accepted(target, held.wamid());
      }
      case SendResult.NotSent notSent ->
          retry(
              target,
              target.attempts(),
              notSent.why().equals(CloudApi.NO_LONGER_WANTED) ? 0 : UNREACHABLE_DELAY);
      case SendResult.Unknown unknown -> {
        closing.evidence.add(target.subject(), EvidenceKind.UNCONFIRMED, now);
        closing.unconfirmed.add(target.subject().ordinal());
        testResult(target, 0, "It is not known whether WhatsApp took it: " + unknown.why());
      }
      case SendResult.Refused refused -> refused(target, refused);
    }
  }

  private void refused(Target target, SendResult.Refused refused) {
    int attempts = target.attempts() + 1;
    // Analytics keeps these words and must not learn the number.
    MetaError error = refused.error().without(target.phone());
    switch (refused.action()) {
      case THROTTLED, NOT_NOW -> {
        if (attempts > MAX_REFUSALS) {
          failed(target, error);
        } else {
          long own =
              refused.action() == ErrorAction.NOT_NOW
                  ? BatchRun.NOT_NOW_DELAY
                  : throttledDelay(attempts);
          retry(target, attempts, Math.max(own, refused.retryAfterSeconds() * 1000));
        }
      }
      case PAIR_LIMITED -> {
        if (attempts > MAX_PAIR_REFUSALS) {
          failed(target, error);
        } else {
          // As Meta asks: 4 to the power of the attempt, in seconds.
          retry(target, attempts, 1000L << (2 * (attempts - 1)));
        }
      }
      case PAUSE_CAMPAIGN, PAUSE_CHANNEL -> {
        // A test message has nobody to wait for it, and nothing that pauses it.
        if (run.campaign().hidden()) {
          failed(target, error);
        } else {
          retry(target, target.attempts(), 0);
        }
      }
      case FAIL_AND_OPT_OUT -> {
        failed(target, error);
        closing.optOuts.add(target.phone());
      }
      case FAIL_AND_REFUSE_COUNTRY -> {
        failed(target, error);
        closing.refusedCountries.add(target.subject().country());
        run.refusedCountries().add(target.subject().country());
      }
      case FAIL_RECIPIENT, FAIL_AND_SUSPECT_CAMPAIGN -> failed(target, error);
      case UNKNOWN -> throw new IllegalStateException("An unknown outcome is no refusal.");
    }
  }

  private void failed(Target target, MetaError error) {
    closing.unreached.put(target.subject().ordinal(), target.phone());
    closing.evidence.failed(target.subject(), error, now);
    testResult(target, error.code(), error.inWords());
  }

  private void accepted(Target target, String wamid) {
    int ordinal = target.subject().ordinal();
    if (run.campaign().hidden()) {
      closing.testResults.add(new Closing.TestResult(ordinal, true, 0, ""));
    } else {
      closing.sent.add(new Sent(ordinal, WhatsAppIds.hash(wamid)));
    }
  }

  private void testResult(Target target, int code, String message) {
    if (run.campaign().hidden()) {
      closing.testResults.add(
          new Closing.TestResult(target.subject().ordinal(), false, code, message));
    }
  }

  private void retry(Target target, int attempts, long delayMillis) {
    closing.unreached.put(target.subject().ordinal(), target.phone());
    closing.retries.add(
        new Closing.Retry(
            target.subject().ordinal(),
            attempts,
            delayMillis,
            target.notBefore() == null ? 0 : target.notBefore().version()));
  }

  // Half to all of 1, 2, 4 … 60 seconds.
  private static long throttledDelay(int attempts) {
    long full = Math.min(MAX_THROTTLED_DELAY, 1000L << Math.min(attempts - 1, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }
}
