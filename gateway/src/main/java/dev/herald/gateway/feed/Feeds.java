package dev.herald.gateway.feed;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.herald.billing.v1.AcknowledgeWalletNoticesRequest;
import dev.herald.billing.v1.ListUntoldWalletNoticesRequest;
import dev.herald.billing.v1.UntoldWalletNotice;
import dev.herald.billing.v1.WalletFeedServiceGrpc;
import dev.herald.billing.v1.WalletFeedServiceGrpc.WalletFeedServiceBlockingStub;
import dev.herald.billing.v1.WalletNoticeName;
import dev.herald.campaign.v1.AcknowledgeNoticesRequest;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc.CampaignFeedServiceBlockingStub;
import dev.herald.campaign.v1.ListUntoldNoticesRequest;
import dev.herald.campaign.v1.ListUntoldStatusChangesRequest;
import dev.herald.campaign.v1.UntoldNotice;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.gateway.alert.Alerts;
import dev.herald.gateway.subscription.Event;
import dev.herald.gateway.subscription.EventKind;
import dev.herald.gateway.subscription.EventLog;
import io.grpc.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Asks campaign-service and billing-service what happened, hands it to the events and the alerts in
 * one transaction, and only then says that it has: what happened may be told twice, with the same
 * id, and is never lost.
 */
public final class Feeds implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int PAGE = 500;

  private final Jdbi jdbi;
  private final CampaignFeedServiceBlockingStub campaign;
  private final WalletFeedServiceBlockingStub billing;
  private final EventLog events;
  private final Alerts alerts;
  private final List<FeedLoop> loops;

  /** The channels must carry this service's own token. */
  public Feeds(Jdbi jdbi, Channel campaign, Channel billing, EventLog events, Alerts alerts) {
    this.jdbi = jdbi;
    this.campaign = CampaignFeedServiceGrpc.newBlockingStub(campaign);
    this.billing = WalletFeedServiceGrpc.newBlockingStub(billing);
    this.events = events;
    this.alerts = alerts;
    this.loops =
        List.of(
            new FeedLoop("status-changes", this::statusChanges),
            new FeedLoop("notices", this::notices),
            new FeedLoop("wallet-notices", this::walletNotices));
  }

  private boolean statusChanges() {
    List<UntoldStatusChange> changes =
        campaign()
            .listUntoldStatusChanges(
                ListUntoldStatusChangesRequest.newBuilder().setPageSize(PAGE).build())
            .getChangesList();
    if (changes.isEmpty()) {
      return false;
    }
    jdbi.useTransaction(
        tx -> {
          events.tell(
              tx,
              changes.stream().map(UntoldStatusChange::getWorkspaceId).collect(Collectors.toSet()),
              listening ->
                  changes.stream()
                      .filter(change -> listening.contains(change.getWorkspaceId()))
                      .map(Feeds::event)
                      .toList());
          alerts.statusChanges(tx, changes);
        });
    events.committed();
    alerts.committed();
    campaign()
        .acknowledgeStatusChanges(
            AcknowledgeStatusChangesRequest.newBuilder()
                .addAllIds(changes.stream().map(UntoldStatusChange::getId).toList())
                .build());
    return changes.size() == PAGE;
  }

  private boolean notices() {
    List<UntoldNotice> notices =
        campaign()
            .listUntoldNotices(ListUntoldNoticesRequest.newBuilder().setPageSize(PAGE).build())
            .getNoticesList();
    if (notices.isEmpty()) {
      return false;
    }
    jdbi.useTransaction(tx -> alerts.notices(tx, notices));
    alerts.committed();
    campaign()
        .acknowledgeNotices(
            AcknowledgeNoticesRequest.newBuilder()
                .addAllIds(notices.stream().map(UntoldNotice::getId).toList())
                .build());
    return notices.size() == PAGE;
  }

  private boolean walletNotices() {
    List<UntoldWalletNotice> notices =
        billing()
            .listUntoldWalletNotices(
                ListUntoldWalletNoticesRequest.newBuilder().setPageSize(PAGE).build())
            .getNoticesList();
    if (notices.isEmpty()) {
      return false;
    }
    jdbi.useTransaction(tx -> alerts.walletNotices(tx, notices));
    alerts.committed();
    billing()
        .acknowledgeWalletNotices(
            AcknowledgeWalletNoticesRequest.newBuilder()
                .addAllNotices(notices.stream().map(Feeds::name).toList())
                .build());
    return notices.size() == PAGE;
  }

  private CampaignFeedServiceBlockingStub campaign() {
    return campaign.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private WalletFeedServiceBlockingStub billing() {
    return billing.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static WalletNoticeName name(UntoldWalletNotice notice) {
    return WalletNoticeName.newBuilder()
        .setWorkspaceId(notice.getWorkspaceId())
        .setId(notice.getNotice().getId())
        .build();
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
    for (FeedLoop loop : loops) {
      loop.close();
    }
  }
}
