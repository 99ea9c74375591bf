package dev.herald.gateway.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc.CampaignFeedServiceBlockingStub;
import dev.herald.campaign.v1.ListUntoldStatusChangesRequest;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.runtime.Backoff;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks campaign-service for status changes, tells of them, and only then says that it has: a change
 * may be told twice, with the same id, and is never lost.
 */
final class CampaignFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CampaignFeed.class);
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Backoff TROUBLE = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(6);
  private static final int PAGE = 500;

  private final Jdbi jdbi;
  private final CampaignFeedServiceBlockingStub campaign;
  private final EventLog events;
  private final Thread thread;
  private volatile boolean stopping;

  /** The channel must carry this service's own token. */
  CampaignFeed(Jdbi jdbi, Channel campaign, EventLog events) {
    this.jdbi = jdbi;
    this.campaign = CampaignFeedServiceGrpc.newBlockingStub(campaign);
    this.events = events;
    this.thread = Thread.ofVirtual().name("campaign-feed").start(this::run);
  }

  private void run() {
    int failures = 0;
    while (!stopping) {
      try {
        boolean more = step();
        failures = 0;
        if (!more) {
          Thread.sleep(PAUSE);
        }
      } catch (InterruptedException e) {
        return;
      } catch (StatusRuntimeException e) {
        failures++;
        if (failures == 1) {
          log.warn("Status changes cannot be asked for status={}", e.getStatus().getCode());
        }
      } catch (RuntimeException e) {
        failures++;
        log.warn("Status changes cannot be told just now", e);
      }
      if (failures > 0 && !rest(TROUBLE.after(failures))) {
        return;
      }
    }
  }

  private static boolean rest(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** True if there may be more. */
  private boolean step() {
    List<UntoldStatusChange> changes =
        stub()
            .listUntoldStatusChanges(
                ListUntoldStatusChangesRequest.newBuilder().setPageSize(PAGE).build())
            .getChangesList();
    if (changes.isEmpty()) {
      return false;
    }
    jdbi.useTransaction(
        tx ->
            events.tell(
                tx,
                changes.stream()
                    .map(UntoldStatusChange::getWorkspaceId)
                    .collect(Collectors.toSet()),
                listening ->
                    changes.stream()
                        .filter(change -> listening.contains(change.getWorkspaceId()))
                        .map(CampaignFeed::event)
                        .toList()));
    events.committed();
    stub()
        .acknowledgeStatusChanges(
            AcknowledgeStatusChangesRequest.newBuilder()
                .addAllIds(changes.stream().map(UntoldStatusChange::getId).toList())
                .build());
    return changes.size() == PAGE;
  }

  private CampaignFeedServiceBlockingStub stub() {
    return campaign.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Event event(UntoldStatusChange change) {
    return new Event(
        Event.idOf("status", Long.toString(change.getId())),
        change.getWorkspaceId(),
        EventKind.CAMPAIGN_STATUS_CHANGED,
        Instant.ofEpochSecond(change.getTime().getSeconds(), change.getTime().getNanos()),
        change.getCampaignId(),
        JsonNodeFactory.instance
            .objectNode()
            .put("campaignId", Long.toString(change.getCampaignId()))
            .put("name", change.getName())
            .put("campaignType", change.getType().name())
            .put("from", change.getFrom().name())
            .put("to", change.getTo().name())
            .put("by", change.getBy())
            .put("reason", change.getReason()));
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    if (!thread.join(Duration.ofMillis(100))) {
      thread.interrupt();
    }
    if (!thread.join(CLOSE_WAIT)) {
      log.warn("The campaign feed did not end in time");
    }
  }
}
