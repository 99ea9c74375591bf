package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.message.LinkAddresses;
import dev.herald.campaign.message.Links;
import dev.herald.campaign.message.MessageWriter;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.message.Values;
import dev.herald.runtime.messagekey.MessageKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What sending a campaign's messages takes, for as long as the campaign does not change. */
final class CampaignRun {
  private static final int SUSPICIOUS_IN_A_ROW = 20;

  private final Campaign campaign;
  private final String launchTrace;
  private final ParameterPlan plan;
  private final MessageWriter writer;
  private final LinkAddresses links;
  private final boolean linked;
  private final @Nullable TokenBucket ownRate;
  private final @Nullable Pace pace;
  private final Set<String> refusedCountries = ConcurrentHashMap.newKeySet();
  private final AtomicInteger suspicious = new AtomicInteger();

  /**
   * @param launchTrace traceparent of the launch; "" if that is not recorded
   */
  CampaignRun(
      Campaign campaign,
      String launchTrace,
      ParameterPlan plan,
      MessageWriter writer,
      LinkAddresses links,
      Set<String> refusedCountries) {
    this.campaign = campaign;
    this.launchTrace = launchTrace;
    this.plan = plan;
    this.writer = writer;
    this.links = links;
    this.linked = links.possible() && !Links.of(campaign.content()).isEmpty();
    this.ownRate =
        campaign.maxRate() == 0 ? null : new TokenBucket(campaign.maxRate(), System.nanoTime());
    this.pace = pace(campaign);
    this.refusedCountries.addAll(refusedCountries);
  }

  private static @Nullable Pace pace(Campaign campaign) {
    Duration within = campaign.finishWithin();
    Instant launchedAt = campaign.launchedAt();
    if (within.isZero() || launchedAt == null) {
      return null;
    }
    Instant start = campaign.startAt() == null ? launchedAt : campaign.startAt();
    return new Pace(
        campaign.audience() - campaign.attempted(),
        start.plus(within),
        Instant.now(),
        System.nanoTime());
  }

  Campaign campaign() {
    return campaign;
  }

  String launchTrace() {
    return launchTrace;
  }

  Set<String> refusedCountries() {
    return refusedCountries;
  }

  /**
   * When the campaign's own rate lets the next message leave; empty if not before {@code latest}.
   */
  OptionalLong reserve(long nowNanos, long latest) {
    if (pace != null) {
      OptionalLong turn = pace.reserve(nowNanos, latest);
      return ownRate == null || turn.isEmpty() ? turn : ownRate(turn.getAsLong(), latest);
    }
    return ownRate == null ? OptionalLong.of(nowNanos) : ownRate(nowNanos, latest);
  }

  private OptionalLong ownRate(long nowNanos, long latest) {
    return Objects.requireNonNull(ownRate)
        .reserve(nowNanos, latest)
        .map(turn -> OptionalLong.of(turn.time()))
        .orElse(OptionalLong.empty());
  }

  /** How long the campaign's own rate makes the next message wait. */
  long nanosToNext(long nowNanos) {
    return Math.max(
        ownRate == null ? 0 : ownRate.nanosToNext(nowNanos),
        pace == null ? 0 : pace.nanosToNext(nowNanos));
  }

  /**
   * How many messages one claim may take: 25, or 50 ms of the rate, whichever is more; where claims
   * are slow, as many as it takes to use the rate, but no more than 100 ms of it. A second's worth
   * at most.
   */
  int batchSize(int channelRate, double claimMillis) {
    int rate = campaign.maxRate() == 0 ? channelRate : Math.min(channelRate, campaign.maxRate());
    if (pace != null) {
      rate = Math.min(rate, pace.rate());
    }
    int usual = Math.max(25, rate / 20);
    int wanted = (int) Math.ceil(rate * claimMillis * 1.5 / 1000);
    return Math.clamp(rate, 1, Math.clamp(wanted, usual, Math.max(usual, rate / 10)));
  }

  byte[] message(Target target, MessageKey key, String callback) {
    Values values =
        linked ? target.values().withLinks(index -> links.of(key, index)) : target.values();
    return writer.write(campaign.content(), plan, values, callback);
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
