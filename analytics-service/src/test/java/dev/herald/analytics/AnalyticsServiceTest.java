package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.WORKSPACE;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static dev.herald.analytics.AnalyticsFixture.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.GetTimeSeriesRequest;
import dev.herald.analytics.v1.GetTimeSeriesResponse;
import dev.herald.analytics.v1.GetWorkspaceOverviewRequest;
import dev.herald.analytics.v1.ListCountryMetricsRequest;
import dev.herald.analytics.v1.ListFailureReasonsRequest;
import dev.herald.analytics.v1.ListLaunchHoursRequest;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.ListUnattributedRequest;
import dev.herald.analytics.v1.ListUnattributedResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.ReconcileCampaignRequest;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.analytics.v1.RecordUnattributedRequest;
import dev.herald.analytics.v1.SeriesStep;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.analytics.v1.WatchCampaignAnalyticsResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.Ids;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service as its callers see it, over gRPC on the real database. */
class AnalyticsServiceTest {
  private static AnalyticsFixture service;

  private final long campaign = Ids.next();

  @BeforeAll
  static void start() {
    service = new AnalyticsFixture();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    service.close();
  }

  @Test
  void metricsPartitionTheAudienceAndRatesFollow() {
    service.snapshot(campaign, 10, CampaignStatus.LIVE, "UTC");
    aFewMessages();
    CampaignAnalytics analytics = get();
    assertThat(analytics.getAudience()).isEqualTo(10);
    assertThat(analytics.getSent()).isEqualTo(3);
    assertThat(analytics.getDelivered()).isEqualTo(2);
    assertThat(analytics.getRead()).isEqualTo(1);
    assertThat(analytics.getFailed()).isEqualTo(1);
    assertThat(analytics.getSkipped()).isEqualTo(1);
    assertThat(analytics.getAnomalies()).isEqualTo(1);
    assertThat(analytics.getPending()).isEqualTo(5);
    assertThat(
            analytics.getPending()
                + analytics.getSkipped()
                + analytics.getUnconfirmed()
                + analytics.getAccepted()
                + analytics.getSent()
                + analytics.getFailed())
        .isEqualTo(analytics.getAudience());
    assertThat(analytics.getRates().getRead()).isEqualTo(0.5);
    assertThat(analytics.getRates().hasReplied()).isTrue();
    assertThat((double) analytics.getTimings().getDeliverMedian().getSeconds())
        .isBetween(56.0, 64.0);
    assertThat(analytics.getCostUnavailable()).isTrue();
  }

  @Test
  void breakdownsAddUpToTheMetrics() {
    service.snapshot(campaign, 10, CampaignStatus.LIVE, "UTC");
    aFewMessages();
    var reasons =
        service
            .analytics()
            .listFailureReasons(
                ListFailureReasonsRequest.newBuilder().setCampaignId(campaign).build())
            .getReasonsList();
    assertThat(reasons).hasSize(1);
    assertThat(reasons.getFirst().getCode()).isEqualTo(131049);
    assertThat(reasons.getFirst().getLimitedByMeta()).isTrue();
    assertThat(reasons.getFirst().getShare()).isEqualTo(1.0);
    assertThat(reasons.getFirst().getMetaTitle()).isEqualTo("Not delivered");
    var countries =
        service
            .analytics()
            .listCountryMetrics(
                ListCountryMetricsRequest.newBuilder().setCampaignId(campaign).build())
            .getCountriesList();
    assertThat(countries.stream().mapToInt(country -> country.getSent()).sum()).isEqualTo(3);
    var hours =
        service
            .analytics()
            .listLaunchHours(ListLaunchHoursRequest.newBuilder().setCampaignId(campaign).build())
            .getHoursList();
    assertThat(hours.stream().map(hour -> hour.getHour()).toList()).containsExactly(0, 2);
    assertThat(hours.getLast().getRead()).isEqualTo(1);
  }

  @Test
  void daysAreThoseOfTheWorkspace() {
    service.snapshot(campaign, 2, CampaignStatus.LIVE, "Asia/Kolkata");
    // 18:29 and 18:31 UTC: the last minute of a day in India, and the next day.
    service.record(
        evidence(campaign, 0, EvidenceKind.SENT, START.plusSeconds(8 * 3600 + 29 * 60)).build(),
        evidence(campaign, 1, EvidenceKind.SENT, START.plusSeconds(8 * 3600 + 31 * 60)).build());
    GetTimeSeriesResponse series =
        service
            .analytics()
            .getTimeSeries(
                GetTimeSeriesRequest.newBuilder()
                    .setCampaignId(campaign)
                    .setStep(SeriesStep.DAY)
                    .build());
    assertThat(series.getTimeZone()).isEqualTo("Asia/Kolkata");
    assertThat(series.getPointsList()).hasSize(2);
    assertThatThrownBy(
            () ->
                service
                    .analytics()
                    .getTimeSeries(
                        GetTimeSeriesRequest.newBuilder()
                            .setCampaignId(campaign)
                            .setTimeZone("+05:30")
                            .build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void aBadElementIsNamedAndItsNeighboursAreTaken() {
    var good = evidence(campaign, 0, EvidenceKind.SENT, START);
    List<EvidenceRejection> rejections =
        service.record(
            good.clone().setOrdinal(-1).build(),
            good.build(),
            good.clone().setKindValue(99).build(),
            good.clone().clearTime().build(),
            good.clone().setCountry("i\u0000").build(),
            good.clone().setWorkspaceId(WORKSPACE + 1).build(),
            good.clone().setSkipReasonValue(70_000).build());
    assertThat(rejections.stream().map(EvidenceRejection::getIndex).toList())
        .containsExactly(0, 2, 3, 4, 5, 6);
    assertThat(rejections.stream().map(EvidenceRejection::getReason).toList())
        .containsExactly(
            "ORDINAL_NEGATIVE",
            "KIND_UNSPECIFIED",
            "TIME_MISSING",
            "COUNTRY_INVALID",
            "WORKSPACE_MISMATCH",
            "SKIP_REASON_OUT_OF_RANGE");
    assertThat(get().getSent()).isEqualTo(1);
  }

  @Test
  void anotherWorkspaceSeesNothing() {
    service.record(evidence(campaign, 0, EvidenceKind.SENT, START).build());
    assertThatThrownBy(
            () ->
                service
                    .analytics(WORKSPACE + 1)
                    .getCampaignAnalytics(
                        GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build()))
        .hasMessageContaining("NOT_FOUND");
  }

  @Test
  void listsPageByKeyThroughEveryFilter() {
    var request = new ArrayList<dev.herald.analytics.v1.Evidence>();
    for (int i = 0; i < 9000; i++) {
      request.add(
          evidence(campaign, i, EvidenceKind.SENT, START.plusSeconds(i))
              .setCountry(i % 2 == 0 ? "IN" : "US")
              .build());
      if (i % 1000 == 7) {
        request.add(
            evidence(campaign, i, EvidenceKind.FAILED, START.plusSeconds(i))
                .setFailure(Failure.newBuilder().setCode(131026))
                .build());
      }
    }
    service.record(request.toArray(dev.herald.analytics.v1.Evidence[]::new));
    assertThat(ordinals(MessageFilter.newBuilder().addBuckets(Bucket.BUCKET_FAILED), 4))
        .containsExactly(7, 1007, 2007, 3007, 4007, 5007, 6007, 7007, 8007);
    assertThat(ordinals(MessageFilter.newBuilder().addFailureCodes(131026), 4)).hasSize(9);
    assertThat(ordinals(MessageFilter.newBuilder().addFailureCodes(1), 4)).isEmpty();
    assertThat(ordinals(MessageFilter.newBuilder().addCountries("US"), 1000)).hasSize(4491);
    assertThat(
            ordinals(
                MessageFilter.newBuilder()
                    .addCountries("IN")
                    .addBuckets(Bucket.BUCKET_SENT)
                    .setStartTime(time(START.plusSeconds(4000)))
                    .setEndTime(time(START.plusSeconds(4200))),
                30))
        .hasSize(100)
        .startsWith(4000)
        .endsWith(4198);
    assertThat(ordinals(MessageFilter.newBuilder(), 1000)).hasSize(9000);
    List<Message> exported = new ArrayList<>();
    service
        .analytics()
        .exportMessages(ExportMessagesRequest.newBuilder().setCampaignId(campaign).build())
        .forEachRemaining(chunk -> exported.addAll(chunk.getMessagesList()));
    assertThat(exported).hasSize(9000);
  }

  @Test
  void contradictionsCanBeLookedAt() {
    aFewMessages();
    assertThat(ordinals(MessageFilter.newBuilder().setAnomaliesOnly(true), 10)).containsExactly(1);
  }

  @Test
  void whoWasSkippedIsListedByReason() {
    aFewMessages();
    service.record(
        evidence(campaign, 5, EvidenceKind.SKIPPED, START)
            .setSkipReason(SkipReason.NOT_ACTIVE)
            .build());
    assertThat(ordinals(MessageFilter.newBuilder().addSkipReasons(SkipReason.OPTED_OUT), 10))
        .containsExactly(4);
    assertThat(
            ordinals(
                MessageFilter.newBuilder()
                    .addSkipReasons(SkipReason.OPTED_OUT)
                    .addSkipReasons(SkipReason.NOT_ACTIVE),
                1))
        .containsExactly(4, 5);
    assertThat(ordinals(MessageFilter.newBuilder().addSkipReasons(SkipReason.INVALID_NUMBER), 10))
        .isEmpty();
  }

  @Test
  void aWatcherOfAnotherInstanceSeesTheChange() throws InterruptedException {
    service.record(evidence(campaign, 0, EvidenceKind.SENT, START).build());
    try (AnalyticsFixture other = new AnalyticsFixture(service.database, service.tokens)) {
      Iterator<WatchCampaignAnalyticsResponse> watch =
          other
              .analytics()
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .watchCampaignAnalytics(
                  WatchCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build());
      assertThat(watch.next().getAnalytics().getSent()).isEqualTo(1);
      service.record(evidence(campaign, 1, EvidenceKind.SENT, START).build());
      assertThat(watch.next().getAnalytics().getSent()).isEqualTo(2);
    }
  }

  @Test
  void unattributedStatusesAreCountedOnceAndPaged() {
    RecordUnattributedRequest.Builder request =
        RecordUnattributedRequest.newBuilder().setBatchId("batch " + campaign);
    for (int i = 0; i < 5; i++) {
      request.addCounts(
          UnattributedCount.newBuilder()
              .setWorkspaceId(campaign)
              .setChannelId(1 + i % 2)
              .setReason("REASON_" + i)
              .setCount(3)
              .setTime(time(START)));
    }
    request.addCounts(UnattributedCount.newBuilder().setWorkspaceId(campaign));
    assertThat(service.evidence().recordUnattributed(request.build()).getRejections(0).getIndex())
        .isEqualTo(5);
    service.evidence().recordUnattributed(request.build());
    List<UnattributedCount> counts = new ArrayList<>();
    String token = "";
    do {
      ListUnattributedResponse page =
          service
              .analytics(campaign)
              .listUnattributed(
                  ListUnattributedRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      counts.addAll(page.getCountsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(counts).hasSize(5).allMatch(count -> count.getCount() == 3);
  }

  @Test
  void theOverviewAddsUpTheCampaignsOfTheRange() {
    service.snapshot(campaign, 10, CampaignStatus.LIVE, "UTC");
    aFewMessages();
    var overview =
        service
            .analytics()
            .getWorkspaceOverview(
                GetWorkspaceOverviewRequest.newBuilder()
                    .setStartTime(time(START.minusSeconds(86400)))
                    .setEndTime(time(START.plusSeconds(86400)))
                    .build());
    assertThat(overview.getTotals().getSent())
        .isEqualTo(overview.getPointsList().stream().mapToInt(point -> point.getSent()).sum())
        .isGreaterThanOrEqualTo(3);
    assertThat(overview.getCampaignsList()).isNotEmpty();
    assertThat(overview.getHoursList().stream().mapToLong(hour -> hour.getSent()).sum())
        .isEqualTo(overview.getTotals().getSent());
  }

  @Test
  void halfAndNineTenthsOfTheTimesAreWithinATenth() {
    service.snapshot(campaign, 100, CampaignStatus.LIVE, "UTC");
    for (int i = 1; i <= 100; i++) {
      service.record(
          evidence(campaign, i, EvidenceKind.SENT, START).build(),
          evidence(campaign, i, EvidenceKind.DELIVERED, START.plusSeconds(i)).build(),
          evidence(campaign, i, EvidenceKind.READ, START.plusSeconds(60L * i)).build());
    }
    var timings = get().getTimings();
    assertThat(timings.getDeliverMedian().getSeconds()).isBetween(45L, 55L);
    assertThat(timings.getDeliverP90().getSeconds()).isBetween(81L, 99L);
    assertThat(timings.getReadMedian().getSeconds()).isBetween(60 * 45L, 60 * 55L);
    assertThat(timings.getReadP90().getSeconds()).isBetween(60 * 81L, 60 * 99L);
  }

  @Test
  void campaignsCanBeComparedAndHoursTellWhenPeopleRead() {
    long workspace = Ids.next();
    long better = Ids.next();
    long worse = Ids.next();
    service.snapshot(workspace, better, 10, CampaignStatus.SENT, "UTC");
    service.snapshot(workspace, worse, 10, CampaignStatus.SENT, "UTC");
    for (int i = 0; i < 10; i++) {
      service.record(
          evidence(better, i, EvidenceKind.SENT, START).setWorkspaceId(workspace).build(),
          evidence(better, i, EvidenceKind.DELIVERED, START).setWorkspaceId(workspace).build(),
          evidence(worse, i, EvidenceKind.SENT, START.plusSeconds(7200))
              .setWorkspaceId(workspace)
              .build(),
          evidence(worse, i, EvidenceKind.DELIVERED, START.plusSeconds(7200))
              .setWorkspaceId(workspace)
              .build());
      if (i < 8) {
        service.record(
            evidence(better, i, EvidenceKind.READ, START).setWorkspaceId(workspace).build());
      }
      if (i < 2) {
        service.record(
            evidence(worse, i, EvidenceKind.READ, START.plusSeconds(7200))
                .setWorkspaceId(workspace)
                .build());
      }
    }
    var overview =
        service
            .analytics(workspace)
            .getWorkspaceOverview(
                GetWorkspaceOverviewRequest.newBuilder()
                    .setStartTime(time(START.minusSeconds(86400)))
                    .setEndTime(time(START.plusSeconds(86400)))
                    .build());
    Map<Long, Double> readRates =
        overview.getCampaignsList().stream()
            .collect(
                Collectors.toMap(
                    CampaignAnalytics::getCampaignId, one -> one.getRates().getRead()));
    assertThat(readRates).isEqualTo(Map.of(better, 0.8, worse, 0.2));
    assertThat(overview.getTotals().getRead()).isEqualTo(10);
    Map<Integer, Long> readsByHour =
        overview.getHoursList().stream()
            .filter(hour -> hour.getRead() > 0)
            .collect(Collectors.toMap(hour -> hour.getHour(), hour -> hour.getRead()));
    assertThat(readsByHour).isEqualTo(Map.of(10, 8L, 12, 2L));
  }

  @Test
  void reconciliationFindsNoDifferenceAndWouldFindOne() {
    service.snapshot(campaign, 10, CampaignStatus.LIVE, "UTC");
    aFewMessages();
    assertThat(differences()).isEmpty();
    service.record(
        evidence(campaign, 8, EvidenceKind.UNCONFIRMED, START).build(),
        evidence(campaign, 8, EvidenceKind.FAILED, START).build());
    assertThat(differences()).isEmpty();
    try (var connection = AnalyticsFixture.connect(service.database);
        var statement = connection.createStatement()) {
      statement.execute(
          "update analytics.campaign set delivered = delivered - 1 where campaign_id = "
              + campaign);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
    assertThat(differences()).containsExactly("counter delivered is 1, recomputed 2");
  }

  /** Billing is not there; what else differs. */
  private List<String> differences() {
    ReconcileCampaignResponse response =
        service
            .analytics()
            .reconcileCampaign(
                ReconcileCampaignRequest.newBuilder().setCampaignId(campaign).build());
    return response.getDifferencesList().stream()
        .filter(difference -> !difference.startsWith("billing"))
        .toList();
  }

  /** Sent; failed, then delivered; read; failed; skipped. */
  private void aFewMessages() {
    service.record(
        evidence(campaign, 0, EvidenceKind.SENT, START).build(),
        evidence(campaign, 1, EvidenceKind.FAILED, START)
            .setFailure(Failure.newBuilder().setCode(131000))
            .build(),
        evidence(campaign, 1, EvidenceKind.ACCEPTED, START).build(),
        evidence(campaign, 1, EvidenceKind.DELIVERED, START.plusSeconds(60)).build(),
        evidence(campaign, 2, EvidenceKind.SENT, START).build(),
        evidence(campaign, 2, EvidenceKind.DELIVERED, START.plusSeconds(60)).build(),
        evidence(campaign, 2, EvidenceKind.READ, START.plusSeconds(7200)).build(),
        evidence(campaign, 3, EvidenceKind.FAILED, START)
            .setFailure(Failure.newBuilder().setCode(131049).setTitle("Not delivered"))
            .build(),
        evidence(campaign, 4, EvidenceKind.SKIPPED, START)
            .setSkipReason(SkipReason.OPTED_OUT)
            .build());
  }

  private List<Integer> ordinals(MessageFilter.Builder filter, int pageSize) {
    List<Integer> ordinals = new ArrayList<>();
    String token = "";
    do {
      ListMessagesResponse page =
          service
              .analytics()
              .listMessages(
                  ListMessagesRequest.newBuilder()
                      .setCampaignId(campaign)
                      .setFilter(filter)
                      .setPageSize(pageSize)
                      .setPageToken(token)
                      .build());
      page.getMessagesList().forEach(message -> ordinals.add(message.getOrdinal()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return ordinals;
  }

  private CampaignAnalytics get() {
    return service
        .analytics()
        .getCampaignAnalytics(
            GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
        .getAnalytics();
  }
}
