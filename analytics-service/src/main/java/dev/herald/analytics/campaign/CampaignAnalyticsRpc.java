package dev.herald.analytics.campaign;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.message.MessageFilters;
import dev.herald.analytics.message.MessageStore;
import dev.herald.analytics.v1.BatchGetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.BatchGetCampaignAnalyticsResponse;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.analytics.v1.ExportMessagesResponse;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.GetCampaignAnalyticsResponse;
import dev.herald.analytics.v1.GetTimeSeriesRequest;
import dev.herald.analytics.v1.GetTimeSeriesResponse;
import dev.herald.analytics.v1.GetWorkspaceOverviewRequest;
import dev.herald.analytics.v1.GetWorkspaceOverviewResponse;
import dev.herald.analytics.v1.ListCountryMetricsRequest;
import dev.herald.analytics.v1.ListCountryMetricsResponse;
import dev.herald.analytics.v1.ListFailureReasonsRequest;
import dev.herald.analytics.v1.ListFailureReasonsResponse;
import dev.herald.analytics.v1.ListLaunchHoursRequest;
import dev.herald.analytics.v1.ListLaunchHoursResponse;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.ListUnattributedRequest;
import dev.herald.analytics.v1.ListUnattributedResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.ReconcileCampaignRequest;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.analytics.v1.SeriesPoint;
import dev.herald.analytics.v1.SeriesStep;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.analytics.v1.WatchCampaignAnalyticsResponse;
import dev.herald.analytics.v1.WatchWorkspaceRequest;
import dev.herald.analytics.v1.WatchWorkspaceResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What people and their programs ask about campaigns; always those of the caller's workspace. */
public final class CampaignAnalyticsRpc
    extends CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceImplBase {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration LONGEST_OVERVIEW = Duration.ofDays(400);
  private static final int DEFAULT_INITIAL = 50;
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
  private static final long MINUTES_UP_TO_SECONDS = 200 * 60L;
  private static final long HOURS_UP_TO_SECONDS = 200 * 3600L;

  private final CampaignStore campaigns;
  private final SeriesStore series;
  private final MessageStore messages;
  private final UnattributedStore unattributed;
  private final Reconciliation reconciliation;
  private final Costs costs;
  private final Changes changes;

  public CampaignAnalyticsRpc(
      CampaignStore campaigns,
      SeriesStore series,
      MessageStore messages,
      UnattributedStore unattributed,
      Reconciliation reconciliation,
      Costs costs,
      Changes changes) {
    this.campaigns = campaigns;
    this.series = series;
    this.messages = messages;
    this.unattributed = unattributed;
    this.reconciliation = reconciliation;
    this.costs = costs;
    this.changes = changes;
  }

  @Override
  public void getCampaignAnalytics(
      GetCampaignAnalyticsRequest request, StreamObserver<GetCampaignAnalyticsResponse> observer) {
    long workspace = Caller.current().workspace();
    answer(
        observer,
        GetCampaignAnalyticsResponse.newBuilder()
            .setAnalytics(withCost(workspace, existing(workspace, request.getCampaignId())))
            .build());
  }

  @Override
  public void batchGetCampaignAnalytics(
      BatchGetCampaignAnalyticsRequest request,
      StreamObserver<BatchGetCampaignAnalyticsResponse> observer) {
    long workspace = Caller.current().workspace();
    List<CampaignAnalytics> found =
        campaigns.get(
            workspace, request.getCampaignIdsList().stream().mapToLong(Long::longValue).toArray());
    answer(
        observer,
        BatchGetCampaignAnalyticsResponse.newBuilder()
            .addAllAnalytics(request.getWithCost() ? costs.added(workspace, found) : found)
            .build());
  }

  @Override
  public void watchCampaignAnalytics(
      WatchCampaignAnalyticsRequest request,
      StreamObserver<WatchCampaignAnalyticsResponse> observer) {
    long workspace = Caller.current().workspace();
    long campaign = request.getCampaignId();
    WatchLoop.run(
        changes,
        changes.watch(workspace, campaign),
        observer,
        () -> List.of(withCost(workspace, existing(workspace, campaign))),
        last -> last,
        HEARTBEAT,
        news -> WatchCampaignAnalyticsResponse.newBuilder().setAnalytics(news.getLast()).build());
  }

  @Override
  public void watchWorkspace(
      WatchWorkspaceRequest request, StreamObserver<WatchWorkspaceResponse> observer) {
    long workspace = Caller.current().workspace();
    int initial = request.getInitial() == 0 ? DEFAULT_INITIAL : request.getInitial();
    WatchLoop.run(
        changes,
        changes.watch(workspace, 0),
        observer,
        () -> costs.added(workspace, campaigns.recentlyChanged(workspace, initial)),
        last -> List.of(),
        HEARTBEAT,
        news -> WatchWorkspaceResponse.newBuilder().addAllAnalytics(news).build());
  }

  @Override
  public void listFailureReasons(
      ListFailureReasonsRequest request, StreamObserver<ListFailureReasonsResponse> observer) {
    require(request.getCampaignId());
    answer(
        observer,
        ListFailureReasonsResponse.newBuilder()
            .addAllReasons(campaigns.failures(new long[] {request.getCampaignId()}))
            .build());
  }

  @Override
  public void listCountryMetrics(
      ListCountryMetricsRequest request, StreamObserver<ListCountryMetricsResponse> observer) {
    require(request.getCampaignId());
    answer(
        observer,
        ListCountryMetricsResponse.newBuilder()
            .addAllCountries(campaigns.countries(request.getCampaignId()))
            .build());
  }

  @Override
  public void listLaunchHours(
      ListLaunchHoursRequest request, StreamObserver<ListLaunchHoursResponse> observer) {
    require(request.getCampaignId());
    ListLaunchHoursResponse.Builder answer = ListLaunchHoursResponse.newBuilder();
    series
        .begin(request.getCampaignId())
        .ifPresent(
            begin ->
                answer
                    .setStartTime(CampaignStore.timestamp(begin))
                    .addAllHours(series.launchHours(request.getCampaignId(), begin)));
    answer(observer, answer.build());
  }

  @Override
  public void getTimeSeries(
      GetTimeSeriesRequest request, StreamObserver<GetTimeSeriesResponse> observer) {
    long campaign = request.getCampaignId();
    require(campaign);
    Instant start = request.hasStartTime() ? instant(request.getStartTime()) : Instant.EPOCH;
    Instant end = request.hasEndTime() ? instant(request.getEndTime()) : LATEST;
    requireRange(start, end);
    String zone = TimeZones.of(request.getTimeZone(), campaigns.timeZoneOfCampaign(campaign));
    SeriesStep step =
        request.getStep() == SeriesStep.SERIES_STEP_UNSPECIFIED
            ? fitting(series.spanSeconds(campaign, start, end))
            : request.getStep();
    answer(
        observer,
        GetTimeSeriesResponse.newBuilder()
            .addAllPoints(series.campaign(campaign, step, zone, start, end))
            .setStep(step)
            .setTimeZone(zone)
            .build());
  }

  @Override
  public void listMessages(
      ListMessagesRequest request, StreamObserver<ListMessagesResponse> observer) {
    long workspace = require(request.getCampaignId());
    int size = PageSize.of(request.getPageSize());
    int after =
        Math.clamp(
            PageToken.number("messages.1", request.getPageToken(), -1), -1, Integer.MAX_VALUE);
    List<Message> page =
        messages.list(
            workspace,
            request.getCampaignId(),
            MessageFilters.of(request.getFilter()),
            after,
            size + 1);
    ListMessagesResponse.Builder answer = ListMessagesResponse.newBuilder();
    if (page.size() > size) {
      page = page.subList(0, size);
      answer.setNextPageToken(
          PageToken.write("messages.1").number(page.getLast().getOrdinal()).token());
    }
    answer(observer, answer.addAllMessages(page).build());
  }

  @Override
  public void exportMessages(
      ExportMessagesRequest request, StreamObserver<ExportMessagesResponse> observer) {
    long workspace = require(request.getCampaignId());
    messages.export(
        workspace,
        request.getCampaignId(),
        MessageFilters.of(request.getFilter()),
        chunk -> {
          WatchLoop.awaitReady(observer);
          observer.onNext(ExportMessagesResponse.newBuilder().addAllMessages(chunk).build());
        });
    observer.onCompleted();
  }

  @Override
  public void getWorkspaceOverview(
      GetWorkspaceOverviewRequest request, StreamObserver<GetWorkspaceOverviewResponse> observer) {
    long workspace = Caller.current().workspace();
    Instant start = instant(request.getStartTime());
    Instant end = instant(request.getEndTime());
    requireRange(start, end);
    if (Duration.between(start, end).compareTo(LONGEST_OVERVIEW) > 0) {
      throw HeraldException.invalid(
          "end_time", "RANGE_TOO_LONG", "Ask for at most 400 days at once.");
    }
    String zone = TimeZones.of(request.getTimeZone(), campaigns.timeZoneOfWorkspace(workspace));
    SeriesStep step =
        request.getStep() == SeriesStep.SERIES_STEP_UNSPECIFIED
            ? fitting(Duration.between(start, end).toSeconds())
            : request.getStep();
    List<SeriesPoint> points = series.workspace(workspace, step, zone, start, end);
    List<CampaignAnalytics> launched =
        costs.added(workspace, campaigns.launchedBetween(workspace, start, end));
    answer(
        observer,
        GetWorkspaceOverviewResponse.newBuilder()
            .setTotals(total(points))
            .addAllPoints(points)
            .addAllCampaigns(launched)
            .addAllFailures(
                campaigns.failures(
                    launched.stream().mapToLong(CampaignAnalytics::getCampaignId).toArray()))
            .addAllHours(series.hours(workspace, zone, start, end))
            .setStep(step)
            .setTimeZone(zone)
            .build());
  }

  @Override
  public void listUnattributed(
      ListUnattributedRequest request, StreamObserver<ListUnattributedResponse> observer) {
    int size = PageSize.of(request.getPageSize());
    long afterChannel = -1;
    String afterReason = "";
    if (!request.getPageToken().isEmpty()) {
      PageToken.Reader token = PageToken.read("unattributed.1", request.getPageToken());
      afterChannel = token.number();
      afterReason = token.text();
      token.end();
    }
    List<UnattributedCount> page =
        unattributed.list(Caller.current().workspace(), afterChannel, afterReason, size + 1);
    ListUnattributedResponse.Builder answer = ListUnattributedResponse.newBuilder();
    if (page.size() > size) {
      page = page.subList(0, size);
      UnattributedCount last = page.getLast();
      answer.setNextPageToken(
          PageToken.write("unattributed.1")
              .number(last.getChannelId())
              .text(last.getReason())
              .token());
    }
    answer(observer, answer.addAllCounts(page).build());
  }

  @Override
  public void reconcileCampaign(
      ReconcileCampaignRequest request, StreamObserver<ReconcileCampaignResponse> observer) {
    long workspace = require(request.getCampaignId());
    answer(observer, reconciliation.of(workspace, request.getCampaignId()));
  }

  private CampaignAnalytics withCost(long workspace, CampaignAnalytics analytics) {
    return costs.added(workspace, List.of(analytics)).getFirst();
  }

  private long require(long campaign) {
    long workspace = Caller.current().workspace();
    existing(workspace, campaign);
    return workspace;
  }

  private CampaignAnalytics existing(long workspace, long campaign) {
    return campaigns.get(workspace, new long[] {campaign}).stream()
        .findFirst()
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "CAMPAIGN_NOT_FOUND", "There is no campaign with this id."));
  }

  private static SeriesStep fitting(long seconds) {
    if (seconds <= MINUTES_UP_TO_SECONDS) {
      return SeriesStep.MINUTE;
    }
    return seconds <= HOURS_UP_TO_SECONDS ? SeriesStep.HOUR : SeriesStep.DAY;
  }

  private static SeriesPoint total(List<SeriesPoint> points) {
    Function<Function<SeriesPoint, Integer>, Integer> sum =
        part -> points.stream().mapToInt(part::apply).sum();
    return SeriesPoint.newBuilder()
        .setSubmitted(sum.apply(SeriesPoint::getSubmitted))
        .setSent(sum.apply(SeriesPoint::getSent))
        .setDelivered(sum.apply(SeriesPoint::getDelivered))
        .setRead(sum.apply(SeriesPoint::getRead))
        .setFailed(sum.apply(SeriesPoint::getFailed))
        .setReplied(sum.apply(SeriesPoint::getReplied))
        .setClicked(sum.apply(SeriesPoint::getClicked))
        .build();
  }

  private static void requireRange(Instant start, Instant end) {
    if (!start.isBefore(end)) {
      throw HeraldException.invalid(
          "end_time", "RANGE_EMPTY", "The end must be later than the start.");
    }
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(Math.clamp(time.getSeconds(), 0L, LATEST.getEpochSecond()));
  }

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    observer.onNext(answer);
    observer.onCompleted();
  }
}
