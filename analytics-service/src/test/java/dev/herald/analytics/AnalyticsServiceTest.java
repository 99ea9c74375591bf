package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.WORKSPACE;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static dev.herald.analytics.AnalyticsFixture.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.GetTimeSeriesRequest;
import dev.herald.analytics.v1.GetTimeSeriesResponse;
import dev.herald.analytics.v1.GetWorkspaceOverviewRequest;
import dev.herald.analytics.v1.ListCountryMetricsRequest;
import dev.herald.analytics.v1.ListFailureReasonsRequest;
import dev.herald.analytics.v1.ListLaunchHoursRequest;
import dev.herald.analytics.v1.SeriesStep;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.analytics.v1.WatchCampaignAnalyticsResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.Ids;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The service as its callers see it, over gRPC on the real database. */
class AnalyticsServiceTest extends AnalyticsServiceFixture {

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
      // Word of the first change may still be on its way, with figures that are known already.
      long sent = watch.next().getAnalytics().getSent();
      assertThat(sent == 1 ? watch.next().getAnalytics().getSent() : sent).isEqualTo(2);
    }
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
}
