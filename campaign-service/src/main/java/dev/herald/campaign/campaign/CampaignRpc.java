package dev.herald.campaign.campaign;

import dev.herald.billing.v1.Money;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.trigger.TestMessages;
import dev.herald.campaign.trigger.Trigger;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.CreateCampaignResponse;
import dev.herald.campaign.v1.DeleteCampaignRequest;
import dev.herald.campaign.v1.DeleteCampaignResponse;
import dev.herald.campaign.v1.EstimateCampaignRequest;
import dev.herald.campaign.v1.EstimateCampaignResponse;
import dev.herald.campaign.v1.GetCampaignRequest;
import dev.herald.campaign.v1.GetCampaignResponse;
import dev.herald.campaign.v1.LaunchCampaignRequest;
import dev.herald.campaign.v1.LaunchCampaignResponse;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.ListStatusChangesRequest;
import dev.herald.campaign.v1.ListStatusChangesResponse;
import dev.herald.campaign.v1.PauseCampaignRequest;
import dev.herald.campaign.v1.PauseCampaignResponse;
import dev.herald.campaign.v1.ResumeCampaignRequest;
import dev.herald.campaign.v1.ResumeCampaignResponse;
import dev.herald.campaign.v1.RetryUnconfirmedRequest;
import dev.herald.campaign.v1.RetryUnconfirmedResponse;
import dev.herald.campaign.v1.SendTestMessageRequest;
import dev.herald.campaign.v1.SendTestMessageResponse;
import dev.herald.campaign.v1.StopCampaignRequest;
import dev.herald.campaign.v1.StopCampaignResponse;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.UpdateCampaignRequest;
import dev.herald.campaign.v1.UpdateCampaignResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The gRPC edge of campaigns. */
public final class CampaignRpc extends CampaignServiceGrpc.CampaignServiceImplBase {
  private static final String CHANGES = "status-changes.1";

  private final Jdbi jdbi;
  private final CampaignStore store;
  private final CampaignListStore lists = new CampaignListStore();
  private final Campaigns campaigns;
  private final Launch launch;
  private final Trigger trigger;
  private final TestMessages testMessages;
  private final UnconfirmedRetry unconfirmed;
  private final RequestLog requests;
  private final AnalyticsClient analytics;

  public CampaignRpc(
      Jdbi jdbi,
      CampaignStore store,
      Campaigns campaigns,
      Launch launch,
      Trigger trigger,
      TestMessages testMessages,
      UnconfirmedRetry unconfirmed,
      RequestLog requests,
      AnalyticsClient analytics) {
    this.jdbi = jdbi;
    this.store = store;
    this.campaigns = campaigns;
    this.launch = launch;
    this.trigger = trigger;
    this.testMessages = testMessages;
    this.unconfirmed = unconfirmed;
    this.requests = requests;
    this.analytics = analytics;
  }

  @Override
  public void createCampaign(
      CreateCampaignRequest request, StreamObserver<CreateCampaignResponse> answer) {
    Rpc.answer(answer, () -> create(WorkspaceId.ofCaller(), request));
  }

  private CreateCampaignResponse create(WorkspaceId workspace, CreateCampaignRequest request) {
    Campaigns.Wish wish = CampaignRequests.wish(request);
    var key = RequestLog.Key.of(workspace, "CreateCampaign", request.getRequestId(), request);
    Actor by = Actor.ofCaller();
    record Created(CreateCampaignResponse response, @Nullable Campaign campaign) {}
    Created created =
        jdbi.inTransaction(
            tx -> {
              Optional<CreateCampaignResponse> repeated =
                  requests.find(tx, key, CreateCampaignResponse.parser());
              if (repeated.isPresent()) {
                return new Created(repeated.get(), null);
              }
              Campaign campaign = campaigns.create(tx, workspace, wish, by);
              var response =
                  CreateCampaignResponse.newBuilder()
                      .setCampaign(CampaignProtos.of(campaign))
                      .build();
              requests.store(tx, key, response.toByteArray());
              CrashPoint.reached("campaign.create.before-commit");
              return new Created(response, campaign);
            });
    CrashPoint.reached("campaign.create.committed");
    if (created.campaign() != null) {
      analytics.tellNow(created.campaign());
    }
    return created.response();
  }

  @Override
  public void getCampaign(GetCampaignRequest request, StreamObserver<GetCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            GetCampaignResponse.newBuilder()
                .setCampaign(get(WorkspaceId.ofCaller(), id(request.getCampaignId())))
                .build());
  }

  private dev.herald.campaign.v1.Campaign get(WorkspaceId workspace, CampaignId id) {
    Campaign campaign = campaigns.get(workspace, id);
    var proto = CampaignProtos.of(campaign).toBuilder();
    campaigns
        .nextAttempt(campaign)
        .ifPresent(time -> proto.setNextAttemptTime(Protos.timestamp(time)));
    return proto.build();
  }

  @Override
  public void listCampaigns(
      ListCampaignsRequest request, StreamObserver<ListCampaignsResponse> answer) {
    Rpc.answer(answer, () -> list(WorkspaceId.ofCaller(), request));
  }

  private ListCampaignsResponse list(WorkspaceId workspace, ListCampaignsRequest request) {
    int size = PageSize.of(request.getPageSize());
    CampaignQuery.Order order =
        switch (request.getOrderBy()) {
          case CREATED_OLDEST_FIRST -> CampaignQuery.Order.OLDEST_FIRST;
          case NAME -> CampaignQuery.Order.NAME;
          case AUDIENCE_LARGEST_FIRST -> CampaignQuery.Order.LARGEST_FIRST;
          case ORDER_BY_UNSPECIFIED, CREATED_NEWEST_FIRST, UNRECOGNIZED ->
              CampaignQuery.Order.NEWEST_FIRST;
        };
    CampaignQuery query =
        new CampaignQuery(
            workspace,
            request.getStatusesList().stream()
                .filter(
                    status ->
                        status != dev.herald.common.v1.CampaignStatus.CAMPAIGN_STATUS_UNSPECIFIED)
                .map(status -> CampaignStatus.valueOf(status.name()))
                .toList(),
            switch (request.getType()) {
              case BROADCAST -> CampaignType.BROADCAST;
              case API -> CampaignType.API;
              case CAMPAIGN_TYPE_UNSPECIFIED, UNRECOGNIZED -> null;
            },
            request.getText().strip(),
            request.hasCreatedAfter()
                ? Protos.instant("created_after", request.getCreatedAfter())
                : null,
            request.hasCreatedBefore()
                ? Protos.instant("created_before", request.getCreatedBefore())
                : null,
            order,
            position(order, request.getPageToken()),
            size + 1);
    List<Campaign> found = jdbi.withHandle(handle -> lists.list(handle, query));
    ListCampaignsResponse.Builder response = ListCampaignsResponse.newBuilder();
    found.stream().limit(size).map(CampaignProtos::of).forEach(response::addCampaigns);
    if (found.size() > size) {
      response.setNextPageToken(token(order, found.get(size - 1)));
    }
    return response.build();
  }

  private static String token(CampaignQuery.Order order, Campaign last) {
    PageToken.Writer token = PageToken.write("campaigns.1." + order);
    switch (order) {
      case NEWEST_FIRST, OLDEST_FIRST -> token.instant(last.createdAt());
      case NAME -> token.text(last.name().toLowerCase(Locale.ROOT));
      case LARGEST_FIRST -> token.number(last.audience());
    }
    return token.number(last.id().value()).token();
  }

  private static CampaignQuery.@Nullable Position position(
      CampaignQuery.Order order, String pageToken) {
    if (pageToken.isEmpty()) {
      return null;
    }
    PageToken.Reader token = PageToken.read("campaigns.1." + order, pageToken);
    Object value =
        switch (order) {
          case NEWEST_FIRST, OLDEST_FIRST -> token.instant();
          case NAME -> token.text();
          case LARGEST_FIRST -> token.number();
        };
    var position = new CampaignQuery.Position(value, token.number());
    token.end();
    return position;
  }

  @Override
  public void updateCampaign(
      UpdateCampaignRequest request, StreamObserver<UpdateCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Campaigns.Change change = CampaignRequests.change(request);
          return UpdateCampaignResponse.newBuilder()
              .setCampaign(
                  CampaignProtos.of(
                      campaigns.update(
                          WorkspaceId.ofCaller(), id(request.getCampaignId()), change)))
              .build();
        });
  }

  @Override
  public void deleteCampaign(
      DeleteCampaignRequest request, StreamObserver<DeleteCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          campaigns.delete(WorkspaceId.ofCaller(), id(request.getCampaignId()));
          return DeleteCampaignResponse.getDefaultInstance();
        });
  }

  @Override
  public void estimateCampaign(
      EstimateCampaignRequest request, StreamObserver<EstimateCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Campaigns.Estimate estimate =
              campaigns.estimate(WorkspaceId.ofCaller(), id(request.getCampaignId()));
          return EstimateCampaignResponse.newBuilder()
              .setEstimate(estimate.cost())
              .setRecipients(estimate.recipients())
              .setSkipped(estimate.skipped())
              .build();
        });
  }

  @Override
  public void launchCampaign(
      LaunchCampaignRequest request, StreamObserver<LaunchCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Launch.Launched launched =
              launch.launch(
                  WorkspaceId.ofCaller(),
                  id(request.getCampaignId()),
                  request.hasStartTime()
                      ? Protos.instant("start_time", request.getStartTime())
                      : null,
                  Actor.ofCaller());
          LaunchCampaignResponse.Builder response =
              LaunchCampaignResponse.newBuilder()
                  .setCampaign(CampaignProtos.of(launched.campaign()));
          Money reserved = launched.reserved();
          if (reserved != null) {
            response.setReserved(reserved);
          }
          return response.build();
        });
  }

  @Override
  public void pauseCampaign(
      PauseCampaignRequest request, StreamObserver<PauseCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Campaigns.Halted halted =
              campaigns.pause(
                  WorkspaceId.ofCaller(), id(request.getCampaignId()), Actor.ofCaller());
          return PauseCampaignResponse.newBuilder()
              .setCampaign(CampaignProtos.of(halted.campaign()))
              .setInFlight(halted.inFlight())
              .build();
        });
  }

  @Override
  public void resumeCampaign(
      ResumeCampaignRequest request, StreamObserver<ResumeCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            ResumeCampaignResponse.newBuilder()
                .setCampaign(
                    CampaignProtos.of(
                        campaigns.resume(
                            WorkspaceId.ofCaller(), id(request.getCampaignId()), Actor.ofCaller())))
                .build());
  }

  @Override
  public void stopCampaign(
      StopCampaignRequest request, StreamObserver<StopCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Campaigns.Halted halted =
              campaigns.stop(WorkspaceId.ofCaller(), id(request.getCampaignId()), Actor.ofCaller());
          return StopCampaignResponse.newBuilder()
              .setCampaign(CampaignProtos.of(halted.campaign()))
              .setInFlight(halted.inFlight())
              .build();
        });
  }

  @Override
  public void triggerCampaign(
      TriggerCampaignRequest request, StreamObserver<TriggerCampaignResponse> answer) {
    Rpc.answer(answer, () -> trigger.trigger(WorkspaceId.ofCaller(), request));
  }

  @Override
  public void sendTestMessage(
      SendTestMessageRequest request, StreamObserver<SendTestMessageResponse> answer) {
    Rpc.answer(answer, () -> testMessages.send(WorkspaceId.ofCaller(), request, Actor.ofCaller()));
  }

  @Override
  public void retryUnconfirmed(
      RetryUnconfirmedRequest request, StreamObserver<RetryUnconfirmedResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            RetryUnconfirmedResponse.newBuilder()
                .setQueued(
                    unconfirmed.retry(
                        WorkspaceId.ofCaller(), id(request.getCampaignId()), Actor.ofCaller()))
                .build());
  }

  @Override
  public void listStatusChanges(
      ListStatusChangesRequest request, StreamObserver<ListStatusChangesResponse> answer) {
    Rpc.answer(answer, () -> changes(WorkspaceId.ofCaller(), request));
  }

  private ListStatusChangesResponse changes(
      WorkspaceId workspace, ListStatusChangesRequest request) {
    int size = PageSize.of(request.getPageSize());
    CampaignId id = id(request.getCampaignId());
    long from = PageToken.number(CHANGES, request.getPageToken(), Long.MAX_VALUE);
    List<StatusChange> found =
        jdbi.withHandle(
            handle -> {
              store.require(handle, workspace, id);
              return lists.changes(handle, id, from, size + 1);
            });
    ListStatusChangesResponse.Builder response = ListStatusChangesResponse.newBuilder();
    found.stream().limit(size).map(CampaignProtos::of).forEach(response::addChanges);
    if (found.size() > size) {
      response.setNextPageToken(PageToken.write(CHANGES).number(found.get(size - 1).id()).token());
    }
    return response.build();
  }

  private static CampaignId id(long value) {
    return new CampaignId(value);
  }
}
