package dev.herald.campaign.link;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.message.Links;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.GetCampaignLinksRequest;
import dev.herald.campaign.v1.GetCampaignLinksResponse;
import dev.herald.campaign.v1.LinkServiceGrpc;
import dev.herald.runtime.HeraldException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** The gRPC edge for the gateway's redirect. */
public final class LinkRpc extends LinkServiceGrpc.LinkServiceImplBase {
  private final Jdbi jdbi;
  private final CampaignStore campaigns;

  public LinkRpc(Jdbi jdbi, CampaignStore campaigns) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
  }

  @Override
  public void getCampaignLinks(
      GetCampaignLinksRequest request, StreamObserver<GetCampaignLinksResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            jdbi.withHandle(
                    handle -> campaigns.find(handle, new CampaignId(request.getCampaignId())))
                .map(
                    campaign ->
                        GetCampaignLinksResponse.newBuilder()
                            .setWorkspaceId(campaign.workspace().value())
                            .addAllTargets(
                                campaign.status() == CampaignStatus.DRAFT
                                    ? List.of()
                                    : Links.of(campaign.content()))
                            .build())
                .orElseThrow(
                    () ->
                        HeraldException.notFound(
                            "CAMPAIGN_NOT_FOUND", "There is no such campaign.")));
  }
}
