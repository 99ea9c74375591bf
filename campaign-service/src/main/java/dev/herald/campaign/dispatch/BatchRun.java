package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.whatsapp.ErrorAction;
import dev.herald.campaign.whatsapp.MetaError;
import dev.herald.campaign.whatsapp.SendResult;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.trace.Spans;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One batch from its claim to what it came to: each message is attempted at most once, in time, at
 * the channel's rate, and not after the campaign has changed.
 */
final class BatchRun {
  static final long NOT_NOW_DELAY = 60_000;
  private static final long STEP_NANOS = 50_000_000;

  // A message is made ready this long before its turn and waits with its connection in hand: what
  // is late loses its place for good, and at full rate that would be the rate.
  private static final long HEAD_START = 80_000_000;

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
    return Spans.in(DispatchTrace.of(batch, run.launchTrace(), targets), this::sendInside);
  }

  private Closing sendInside() {
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
      Context context = Context.current();
      Thread.ofVirtual()
          .name("send-", batch.id())
          .start(
              () -> {
                try (Scope _ = context.makeCurrent()) {
                  results[position] =
                      Spans.in(DispatchTrace.ofMessage(target), () -> attempt(target, turn));
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
    if (target.notBefore() != null) {
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
    if (turn.isEmpty() || !sleepUntil(turn.get().time() - HEAD_START)) {
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
      MessageKey key =
          new MessageKey(
              batch.campaign().value(),
              target.subject().ordinal(),
              target.subject().country(),
              target.subject().lot());
      String callback =
          keys.encode(key, campaign.workspace().value(), channel.access().phoneNumberId());
      SendResult result =
          whatsapp.send(
              channel.access(),
              run.message(target, key, callback),
              () -> sleepUntil(turn.time()) && channel.bucket().use(turn, System.nanoTime()),
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
    Outcomes outcomes = new Outcomes(run);
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      SendResult result = results[i];
      if (target.skip() != null) {
        outcomes.skipped(target, target.skip());
      } else if (result == null) {
        outcomes.postponed(target, delays[i]);
      } else {
        outcomes.attempted(target, result);
      }
    }
    return outcomes.closing();
  }
}
