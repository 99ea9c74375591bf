package dev.herald.campaign.dispatch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.campaign.campaign.CampaignId;
import java.time.Duration;

/**
 * The newest versions of campaigns this process has heard of. A message claimed under an older one
 * must not leave: this is how a pause reaches batches that are half sent, without asking the
 * database before every message.
 */
final class Versions {
  // A batch lives for seconds, so what was heard minutes ago protects nobody any more.
  private static final Duration REMEMBERED = Duration.ofMinutes(10);
  private static final int MAX_CAMPAIGNS = 100_000;

  private final Cache<Long, Long> newest =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MAX_CAMPAIGNS).build();

  void heard(CampaignId campaign, long version) {
    newest.asMap().merge(campaign.value(), version, Math::max);
  }

  /** True unless a newer version than the claim's is known. */
  boolean allow(CampaignId campaign, long claimedVersion) {
    Long known = newest.getIfPresent(campaign.value());
    return known == null || known <= claimedVersion;
  }
}
