package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.reply.SentMessageStore.Sent;
import dev.herald.campaign.reply.WhatsAppIds;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.whatsapp.ErrorAction;
import dev.herald.campaign.whatsapp.MetaError;
import dev.herald.campaign.whatsapp.SendResult;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One batch from its claim to what it came to: each message is attempted at most once, in time, at
 * the channel's rate, and not after the campaign has changed.
 */
final class BatchRun {
  private static final long MAX_THROTTLED_DELAY = 60_000;
  private static final long NOT_NOW_DELAY = 60_000;
  private static final long UNREACHABLE_DELAY = 1_000;
  private static final int MAX_REFUSALS = 50;
  private static final int MAX_PAIR_REFUSALS = 6;
  private static final long STEP_NANOS = 50_000_000;

  private final Batch batch;
  private final CampaignRun run;
  private final ChannelRuntime channel;
  private final List<Target> targets;
  private final Versions versions;
  private final CloudApi whatsapp;
  private final MessageKeyCodec keys;
  private final Incidents incidents;
  private final DispatchMetrics metrics;
  private final long sendDeadline;
  // Each message's thread writes its own place; read after all have ended.
  private final @Nullable SendResult[] results;
  private volatile boolean halted;
  private volatile long lastStart;

  BatchRun(
      Batch batch,
      CampaignRun run,
      ChannelRuntime channel,
      List<Target> targets,
      Versions versions,
      CloudApi whatsapp,
      MessageKeyCodec keys,
      Incidents incidents,
      DispatchMetrics metrics,
      long sendDeadline) {
    this.batch = batch;
    this.run = run;
    this.channel = channel;
    this.targets = targets;
    this.versions = versions;
    this.whatsapp = whatsapp;
    this.keys = keys;
    this.incidents = incidents;
    this.metrics = metrics;
    this.sendDeadline = sendDeadline;
    this.results = new @Nullable SendResult[targets.size()];
    this.lastStart = System.nanoTime();
  }

  /** Sends what may be sent and says what became of every message. */
  Closing send() {
    CountDownLatch ended = new CountDownLatch(targets.size());
    long[] delays = new long[targets.size()];
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      TokenBucket.Turn turn = target.skip() == null ? awaitTurn(target, delays, i) : null;
      if (turn == null) {
        ended.countDown();
        continue;
      }
      int position = i;
      lastStart = System.nanoTime();
      Thread.ofVirtual()
          .name("send-", batch.id())
          .start(
              () -> {
                try {
                  results[position] = attempt(target, turn);
                } finally {
                  ended.countDown();
                }
              });
    }
    await(ended);
    return closing(delays);
  }

  /** When the last message of the batch was started. */
  long lastStart() {
    return lastStart;
  }

  // Null: the message is not sent now; it was not sent at all.
  private TokenBucket.@Nullable Turn awaitTurn(Target target, long[] delays, int position) {
    if (!mayWrite()) {
      return null;
    }
    long wait = channel.pairs().nanosToNext(target.phone(), System.nanoTime());
    if (wait > 0) {
      delays[position] = wait / 1_000_000 + 1;
      return null;
    }
    OptionalLong own = run.reserve(System.nanoTime(), sendDeadline);
    if (own.isEmpty() || !sleepUntil(own.getAsLong())) {
      return null;
    }
    Optional<TokenBucket.Turn> turn = channel.bucket().reserve(System.nanoTime(), sendDeadline);
    if (turn.isEmpty() || !sleepUntil(turn.get().time())) {
      return null;
    }
    channel.pairs().use(target.phone(), System.nanoTime());
    return turn.get();
  }

  private boolean sleepUntil(long time) {
    long left;
    while ((left = time - System.nanoTime()) > 0) {
      if (!mayWrite()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(STEP_NANOS, left));
    }
    return mayWrite();
  }

  /** Asked before the turn, after it, and immediately before the first byte. */
  private boolean mayWrite() {
    long now = System.nanoTime();
    return !halted
        && sendDeadline - now > 0
        && channel.lease().isValid(now)
        && versions.allow(batch.campaign(), batch.version());
  }

  private SendResult attempt(Target target, TokenBucket.Turn turn) {
    Campaign campaign = run.campaign();
    try {
      String callback =
          keys.encode(
              new MessageKey(
                  batch.campaign().value(),
                  target.subject().ordinal(),
                  target.subject().country(),
                  target.subject().lot()),
              campaign.workspace().value(),
              channel.access().phoneNumberId());
      SendResult result =
          whatsapp.send(
              channel.access(),
              run.message(target, callback),
              () -> mayWrite() && channel.bucket().use(turn, System.nanoTime()),
              () -> channel.bucket().used(turn, System.nanoTime()));
      observe(result);
      return result;
    } catch (RuntimeException | Error failure) {
      // A bug of ours: nobody knows how far it came.
      return new SendResult.Unknown(failure.toString());
    }
  }

  // What concerns the rest of the batch must be known before the batch ends.
  private void observe(SendResult result) {
    metrics.attempted(result);
    switch (result) {
      case SendResult.Accepted accepted -> definite();
      case SendResult.Held held -> definite();
      case SendResult.NotSent notSent -> {
        if (mayWrite() && channel.breaker().unreachable(System.nanoTime())) {
          halted = true;
          incidents.channelHeld(
              channel.lease().channel(),
              "WhatsApp cannot be reached (" + notSent.why() + "); Herald keeps trying.");
        }
      }
      case SendResult.Unknown unknown -> {
        if (channel.breaker().ambiguous()) {
          halted = true;
          incidents.pauseChannel(
              channel.lease().channel(),
              PauseReason.Kind.UNREACHABLE,
              "WhatsApp's answers left several messages in doubt ("
                  + unknown.why()
                  + "). Check the channel, then resume.",
              0);
        }
      }
      case SendResult.Refused refused -> {
        if (channel.breaker().definite()) {
          incidents.channelHeld(channel.lease().channel(), "");
        }
        refused(refused.action(), refused.error());
      }
    }
  }

  private void definite() {
    run.trust();
    if (channel.breaker().definite()) {
      incidents.channelHeld(channel.lease().channel(), "");
    }
  }

  private void refused(ErrorAction action, MetaError error) {
    switch (action) {
      case THROTTLED -> channel.bucket().slowDown(System.nanoTime());
      case NOT_NOW -> channel.bucket().closeUntil(System.nanoTime() + NOT_NOW_DELAY * 1_000_000);
      case FAIL_AND_SUSPECT_CAMPAIGN -> {
        if (run.suspect()) {
          halted = true;
          incidents.pauseCampaign(
              batch.campaign(),
              PauseReason.Kind.ERRORS,
              "Many messages in a row were refused ("
                  + error.inWords()
                  + "). Check template and parameters, then resume.",
              error.code());
        }
      }
      case PAUSE_CAMPAIGN -> {
        halted = true;
        incidents.pauseCampaign(
            batch.campaign(),
            PauseReason.Kind.TEMPLATE,
            "WhatsApp refuses the template (" + error.inWords() + ").",
            error.code());
      }
      case PAUSE_CHANNEL -> {
        halted = true;
        incidents.pauseChannel(
            channel.lease().channel(),
            PauseReason.Kind.CHANNEL,
            "WhatsApp refuses the channel ("
                + error.inWords()
                + "). Put it in order, check the channel, then resume.",
            error.code());
      }
      case PAIR_LIMITED, FAIL_RECIPIENT, FAIL_AND_OPT_OUT, FAIL_AND_REFUSE_COUNTRY, UNKNOWN -> {}
    }
  }

  private static void await(CountDownLatch ended) {
    boolean interrupted = false;
    while (true) {
      try {
        // Every attempt has a deadline of its own, so this ends.
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Closing closing(long[] delays) {
    Campaign campaign = run.campaign();
    Closing closing = new Closing(new EvidenceBatch(campaign.workspace(), campaign.id()));
    Instant now = Instant.now();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      SendResult result = results[i];
      if (target.skip() != null) {
        closing.evidence.skipped(target.subject(), target.skip(), now);
        testResult(closing, target, 0, "The person is skipped: " + target.skip() + ".");
      } else if (result == null) {
        retry(closing, target, target.attempts(), delays[i]);
      } else {
        close(closing, target, result, now);
      }
    }
    return closing;
  }

  private void close(Closing closing, Target target, SendResult result, Instant now) {
    switch (result) {
      case SendResult.Accepted accepted -> {
        closing.evidence.add(target.subject(), EvidenceKind.ACCEPTED, now);
        accepted(closing, target, accepted.wamid());
      }
      case SendResult.Held held -> {
        closing.evidence.add(target.subject(), EvidenceKind.HELD, now);
        accepted(closing, target, held.wamid());
      }
      case SendResult.NotSent notSent ->
          retry(
              closing,
              target,
              target.attempts(),
              notSent.why().equals(CloudApi.NO_LONGER_WANTED) ? 0 : UNREACHABLE_DELAY);
      case SendResult.Unknown unknown -> {
        closing.evidence.add(target.subject(), EvidenceKind.UNCONFIRMED, now);
        closing.unconfirmed.add(target.subject().ordinal());
        testResult(
            closing, target, 0, "It is not known whether WhatsApp took it: " + unknown.why());
      }
      case SendResult.Refused refused -> close(closing, target, refused, now);
    }
  }

  private void close(Closing closing, Target target, SendResult.Refused refused, Instant now) {
    int attempts = target.attempts() + 1;
    // Analytics keeps these words and must not learn the number.
    MetaError error = refused.error().without(target.phone());
    switch (refused.action()) {
      case THROTTLED, NOT_NOW -> {
        if (attempts > MAX_REFUSALS) {
          failed(closing, target, error, now);
        } else {
          long own =
              refused.action() == ErrorAction.NOT_NOW ? NOT_NOW_DELAY : throttledDelay(attempts);
          retry(closing, target, attempts, Math.max(own, refused.retryAfterSeconds() * 1000));
        }
      }
      case PAIR_LIMITED -> {
        if (attempts > MAX_PAIR_REFUSALS) {
          failed(closing, target, error, now);
        } else {
          // As Meta asks: 4 to the power of the attempt, in seconds.
          retry(closing, target, attempts, 1000L << (2 * (attempts - 1)));
        }
      }
      case PAUSE_CAMPAIGN, PAUSE_CHANNEL -> {
        // A test message has nobody to wait for it, and nothing that pauses it.
        if (run.campaign().hidden()) {
          failed(closing, target, error, now);
        } else {
          retry(closing, target, target.attempts(), 0);
        }
      }
      case FAIL_AND_OPT_OUT -> {
        failed(closing, target, error, now);
        closing.optOuts.add(target.phone());
      }
      case FAIL_AND_REFUSE_COUNTRY -> {
        failed(closing, target, error, now);
        closing.refusedCountries.add(target.subject().country());
        run.refusedCountries().add(target.subject().country());
      }
      case FAIL_RECIPIENT, FAIL_AND_SUSPECT_CAMPAIGN -> failed(closing, target, error, now);
      case UNKNOWN -> throw new IllegalStateException("An unknown outcome is no refusal.");
    }
  }

  private void failed(Closing closing, Target target, MetaError error, Instant now) {
    closing.evidence.failed(target.subject(), error, now);
    testResult(closing, target, error.code(), error.inWords());
  }

  private void accepted(Closing closing, Target target, String wamid) {
    int ordinal = target.subject().ordinal();
    if (run.campaign().hidden()) {
      closing.testResults.add(new Closing.TestResult(ordinal, true, 0, ""));
    } else {
      closing.sent.add(new Sent(ordinal, WhatsAppIds.hash(wamid)));
    }
  }

  private void testResult(Closing closing, Target target, int code, String message) {
    if (run.campaign().hidden()) {
      closing.testResults.add(
          new Closing.TestResult(target.subject().ordinal(), false, code, message));
    }
  }

  private static void retry(Closing closing, Target target, int attempts, long delayMillis) {
    closing.retries.add(new Closing.Retry(target.subject().ordinal(), attempts, delayMillis));
  }

  // Half to all of 1, 2, 4 … 60 seconds.
  private static long throttledDelay(int attempts) {
    long full = Math.min(MAX_THROTTLED_DELAY, 1000L << Math.min(attempts - 1, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }
}
