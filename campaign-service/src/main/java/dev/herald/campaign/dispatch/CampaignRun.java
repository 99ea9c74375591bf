package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.message.MessageWriter;
import dev.herald.campaign.message.ParameterPlan;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What sending a campaign's messages takes, for as long as the campaign does not change. */
final class CampaignRun {
  private static final int SUSPICIOUS_IN_A_ROW = 20;

  private final Campaign campaign;
  private final ParameterPlan plan;
  private final MessageWriter writer;
  private final @Nullable TokenBucket ownRate;
  private final Set<String> refusedCountries = ConcurrentHashMap.newKeySet();
  private final AtomicInteger suspicious = new AtomicInteger();

  CampaignRun(
      Campaign campaign, ParameterPlan plan, MessageWriter writer, Set<String> refusedCountries) {
    this.campaign = campaign;
    this.plan = plan;
    this.writer = writer;
    this.ownRate =
        campaign.maxRate() == 0 ? null : new TokenBucket(campaign.maxRate(), System.nanoTime());
    this.refusedCountries.addAll(refusedCountries);
  }

  Campaign campaign() {
    return campaign;
  }

  Set<String> refusedCountries() {
    return refusedCountries;
  }

  /**
   * When the campaign's own rate lets the next message leave; empty if not before {@code latest}.
   */
  OptionalLong reserve(long nowNanos, long latest) {
    if (ownRate == null) {
      return OptionalLong.of(nowNanos);
    }
    return ownRate
        .reserve(nowNanos, latest)
        .map(turn -> OptionalLong.of(turn.time()))
        .orElse(OptionalLong.empty());
  }

  /** How long the campaign's own rate makes the next message wait. */
  long nanosToNext(long nowNanos) {
    return ownRate == null ? 0 : ownRate.nanosToNext(nowNanos);
  }

  /**
   * How many messages one claim may take: 25, or 50 ms of the rate, whichever is more; where claims
   * are slow, as many as it takes to use the rate, but no more than 100 ms of it. A second's worth
   * at most.
   */
  int batchSize(int channelRate, double claimMillis) {
    int rate = campaign.maxRate() == 0 ? channelRate : Math.min(channelRate, campaign.maxRate());
    int usual = Math.max(25, rate / 20);
    int wanted = (int) Math.ceil(rate * claimMillis * 1.5 / 1000);
    return Math.clamp(rate, 1, Math.clamp(wanted, usual, Math.max(usual, rate / 10)));
  }

  byte[] message(Target target, String callback) {
    return writer.write(campaign.content(), plan, target.values(), callback);
  }

  /** A recipient failed in a way that may be the campaign's fault; true if it surely is by now. */
  boolean suspect() {
    return suspicious.incrementAndGet() >= SUSPICIOUS_IN_A_ROW;
  }

  /** A message was taken: the campaign as such is right. */
  void trust() {
    suspicious.set(0);
  }
}
