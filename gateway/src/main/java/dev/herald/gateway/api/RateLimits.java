package dev.herald.gateway.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.util.Optional;

/**
 * How often somebody may ask: each principal by a rate of its own, each address that shows bad
 * credentials by a low one.
 */
public final class RateLimits {
  private static final int MOST_KNOWN = 100_000;
  private static final double REFUSALS_PER_SECOND = 1;
  private static final double REFUSALS_AT_ONCE = 60;

  private final double perSecond;
  private final double atOnce;
  private final Cache<Object, TokenBucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(MOST_KNOWN)
          .expireAfterAccess(Duration.ofMinutes(10))
          .build();

  private record OfPrincipal(long workspace, String subject) {}

  private record OfAddress(String address) {}

  /**
   * @param perSecond requests a second of one principal in the long run
   * @param atOnce requests it may make at once after a pause
   */
  public RateLimits(double perSecond, double atOnce) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
  }

  /** Counts a request of a principal, and refuses it if there were too many. */
  public void admit(Principal principal) {
    Object key = new OfPrincipal(principal.workspace(), principal.subject());
    require(bucket(key, perSecond, atOnce).take());
  }

  /** Notes that an address has shown bad credentials, and slows it down if that happens often. */
  public void refused(String address) {
    require(bucket(new OfAddress(address), REFUSALS_PER_SECOND, REFUSALS_AT_ONCE).take());
  }

  private TokenBucket bucket(Object key, double rate, double capacity) {
    return buckets.get(key, ignored -> new TokenBucket(rate, capacity, System.nanoTime()));
  }

  private static void require(Optional<Duration> wait) {
    if (wait.isPresent()) {
      throw HeraldException.exhausted(
          "RATE_LIMITED", "Too many requests. Ask more slowly.", wait.get());
    }
  }
}
