package dev.herald.campaign.feed;

import dev.herald.campaign.feed.FeedStore.Untold;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.AcknowledgeNoticesRequest;
import dev.herald.campaign.v1.AcknowledgeNoticesResponse;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.AcknowledgeStatusChangesResponse;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.ListUntoldNoticesRequest;
import dev.herald.campaign.v1.ListUntoldNoticesResponse;
import dev.herald.campaign.v1.ListUntoldStatusChangesRequest;
import dev.herald.campaign.v1.ListUntoldStatusChangesResponse;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Offers status changes, and changes of templates and numbers, to the gateway. */
public final class FeedRpc extends CampaignFeedServiceGrpc.CampaignFeedServiceImplBase {
  private static final int DEFAULT_PAGE = 100;

  private final Jdbi jdbi;
  private final FeedStore store = new FeedStore();
  private final NoticeStore notices = new NoticeStore();

  public FeedRpc(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void listUntoldStatusChanges(
      ListUntoldStatusChangesRequest request,
      StreamObserver<ListUntoldStatusChangesResponse> answer) {
    int size = page(request.getPageSize());
    Rpc.answer(
        answer,
        () -> {
          List<Untold> untold = jdbi.inTransaction(tx -> store.untold(tx, size));
          return ListUntoldStatusChangesResponse.newBuilder()
              .addAllChanges(untold.stream().map(FeedRpc::change).toList())
              .build();
        });
  }

  @Override
  public void acknowledgeStatusChanges(
      AcknowledgeStatusChangesRequest request,
      StreamObserver<AcknowledgeStatusChangesResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          jdbi.useTransaction(tx -> store.told(tx, request.getIdsList()));
          return AcknowledgeStatusChangesResponse.getDefaultInstance();
        });
  }

  @Override
  public void listUntoldNotices(
      ListUntoldNoticesRequest request, StreamObserver<ListUntoldNoticesResponse> answer) {
    int size = page(request.getPageSize());
    Rpc.answer(
        answer,
        () ->
            ListUntoldNoticesResponse.newBuilder()
                .addAllNotices(jdbi.withHandle(handle -> notices.untold(handle, size)))
                .build());
  }

  @Override
  public void acknowledgeNotices(
      AcknowledgeNoticesRequest request, StreamObserver<AcknowledgeNoticesResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          jdbi.useTransaction(tx -> notices.taken(tx, request.getIdsList()));
          return AcknowledgeNoticesResponse.getDefaultInstance();
        });
  }

  private static int page(int wanted) {
    return wanted == 0 ? DEFAULT_PAGE : wanted;
  }

  private static UntoldStatusChange change(Untold untold) {
    return UntoldStatusChange.newBuilder()
        .setId(untold.change().id())
        .setWorkspaceId(untold.workspace().value())
        .setCampaignId(untold.campaign().value())
        .setName(untold.name())
        .setType(CampaignType.valueOf(untold.type().name()))
        .setFrom(CampaignStatus.valueOf(untold.change().from().name()))
        .setTo(CampaignStatus.valueOf(untold.change().to().name()))
        .setTime(Protos.timestamp(untold.change().time()))
        .setBy(untold.change().by())
        .setReason(untold.change().reason())
        .build();
  }
}
