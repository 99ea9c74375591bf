package dev.herald.gateway.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc.InboundServiceBlockingStub;
import dev.herald.campaign.v1.ResolveChannelsRequest;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whose a phone number is, as campaign-service knows it. What was learned is used again for a
 * while, and for longer while campaign-service is away.
 */
final class ChannelDirectory {
  private static final Duration GOOD_FOR = Duration.ofMinutes(1);
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(5);
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(5);
  private static final int MOST_KNOWN = 100_000;
  private static final int MOST_AT_ONCE = 1000;

  private final InboundServiceBlockingStub campaign;
  private final Cache<String, Entry> known = Caffeine.newBuilder().maximumSize(MOST_KNOWN).build();

  /** Whose a number is. */
  sealed interface Owner {
    record Known(long channelId, long workspaceId, boolean ownApp) implements Owner {}

    record Nobody() implements Owner {}
  }

  private record Entry(Owner owner, long learnedAt) {
    boolean isFresh(long now) {
      Duration age = Duration.ofNanos(now - learnedAt);
      return age.compareTo(owner instanceof Owner.Known ? GOOD_FOR : UNKNOWN_FOR) < 0;
    }
  }

  /** The channel must carry this service's own token. */
  ChannelDirectory(Channel campaign) {
    this.campaign = InboundServiceGrpc.newBlockingStub(campaign);
  }

  /**
   * Owners of these numbers.
   *
   * @throws HeraldException if campaign-service is away and one of them was never learned
   */
  Map<String, Owner> owners(Collection<String> phoneNumberIds) {
    long now = System.nanoTime();
    Set<String> stale = new HashSet<>();
    for (String id : phoneNumberIds) {
      Entry entry = known.getIfPresent(id);
      if (entry == null || !entry.isFresh(now)) {
        stale.add(id);
      }
    }
    if (!stale.isEmpty()) {
      learn(new ArrayList<>(stale));
    }
    Map<String, Owner> owners = new HashMap<>();
    for (String id : phoneNumberIds) {
      Entry entry = known.getIfPresent(id);
      owners.put(id, entry == null ? new Owner.Nobody() : entry.owner());
    }
    return owners;
  }

  /** Forgets a number whose owner may have changed. */
  void forget(String phoneNumberId) {
    known.invalidate(phoneNumberId);
  }

  private void learn(List<String> ids) {
    for (int from = 0; from < ids.size(); from += MOST_AT_ONCE) {
      List<String> some = ids.subList(from, Math.min(from + MOST_AT_ONCE, ids.size()));
      try {
        put(some, ask(some));
      } catch (StatusRuntimeException e) {
        boolean allKnown = some.stream().allMatch(id -> known.getIfPresent(id) != null);
        if (!allKnown) {
          throw GrpcErrors.fromStatus(e);
        }
      }
    }
  }

  private Map<String, ResolvedChannel> ask(List<String> ids) {
    Map<String, ResolvedChannel> found = new HashMap<>();
    campaign
        .withDeadlineAfter(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .resolveChannels(ResolveChannelsRequest.newBuilder().addAllPhoneNumberIds(ids).build())
        .getChannelsList()
        .forEach(channel -> found.put(channel.getPhoneNumberId(), channel));
    return found;
  }

  private void put(List<String> asked, Map<String, ResolvedChannel> found) {
    long now = System.nanoTime();
    for (String id : asked) {
      ResolvedChannel channel = found.get(id);
      Owner owner =
          channel == null
              ? new Owner.Nobody()
              : new Owner.Known(
                  channel.getChannelId(), channel.getWorkspaceId(), channel.getOwnApp());
      known.put(id, new Entry(owner, now));
    }
  }
}
