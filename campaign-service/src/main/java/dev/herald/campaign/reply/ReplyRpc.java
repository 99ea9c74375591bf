package dev.herald.campaign.reply;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.ListRepliesRequest;
import dev.herald.campaign.v1.ListRepliesResponse;
import dev.herald.campaign.v1.ListReplyCountsRequest;
import dev.herald.campaign.v1.ListReplyCountsResponse;
import dev.herald.campaign.v1.ReplyCount;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The gRPC edge of replies. */
public final class ReplyRpc extends ReplyServiceGrpc.ReplyServiceImplBase {
  private static final String REPLIES = "replies.1.";

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final ReplyStore replies;

  public ReplyRpc(Jdbi jdbi, CampaignStore campaigns, ReplyStore replies) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.replies = replies;
  }

  @Override
  public void listReplyCounts(
      ListReplyCountsRequest request, StreamObserver<ListReplyCountsResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          CampaignId campaign = require(request.getCampaignId()).id();
          ListReplyCountsResponse.Builder response = ListReplyCountsResponse.newBuilder();
          jdbi.withHandle(handle -> replies.counts(handle, campaign))
              .forEach(
                  count ->
                      response.addCounts(
                          ReplyCount.newBuilder()
                              .setButton(count.button())
                              .setMessages(count.messages())));
          return response.build();
        });
  }

  @Override
  public void listReplies(ListRepliesRequest request, StreamObserver<ListRepliesResponse> answer) {
    Rpc.answer(answer, () -> list(request));
  }

  private ListRepliesResponse list(ListRepliesRequest request) {
    Campaign campaign = require(request.getCampaignId());
    int size = PageSize.of(request.getPageSize());
    String list = REPLIES + campaign.id().value();
    ReplyStore.@Nullable Place after = place(list, request.getPageToken());
    List<ReplyStore.Shown> found =
        jdbi.withHandle(
            handle -> replies.list(handle, campaign.id(), campaign.audienceId(), after, size + 1));
    ListRepliesResponse.Builder response = ListRepliesResponse.newBuilder();
    found.stream().limit(size).map(ReplyRpc::proto).forEach(response::addReplies);
    if (found.size() > size) {
      Reply last = found.get(size - 1).reply();
      response.setNextPageToken(
          PageToken.write(list)
              .instant(last.time())
              .number(last.ordinal())
              .number(last.whatsappHash())
              .token());
    }
    return response.build();
  }

  private static ReplyStore.@Nullable Place place(String list, String token) {
    if (token.isEmpty()) {
      return null;
    }
    PageToken.Reader reader = PageToken.read(list, token);
    ReplyStore.Place place =
        new ReplyStore.Place(
            reader.instant(), Math.clamp(reader.number(), 0, Integer.MAX_VALUE), reader.number());
    reader.end();
    return place;
  }

  private static dev.herald.campaign.v1.Reply proto(ReplyStore.Shown shown) {
    return dev.herald.campaign.v1.Reply.newBuilder()
        .setOrdinal(shown.reply().ordinal())
        .setTime(Protos.timestamp(shown.reply().time()))
        .setButton(shown.reply().button())
        .setText(shown.reply().text())
        .setPhone(shown.phone() == 0 ? "" : PhoneNumber.e164(shown.phone()))
        .setName(shown.name())
        .build();
  }

  private Campaign require(long id) {
    return jdbi.withHandle(
        handle -> campaigns.require(handle, WorkspaceId.ofCaller(), new CampaignId(id)));
  }
}
