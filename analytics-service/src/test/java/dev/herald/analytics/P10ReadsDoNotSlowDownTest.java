package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static dev.herald.analytics.AnalyticsFixture.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.BatchGetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceBlockingStub;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.GetTimeSeriesRequest;
import dev.herald.analytics.v1.GetWorkspaceOverviewRequest;
import dev.herald.analytics.v1.ListCountryMetricsRequest;
import dev.herald.analytics.v1.ListFailureReasonsRequest;
import dev.herald.analytics.v1.ListLaunchHoursRequest;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.Ids;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Figures never read a campaign's messages, so it does not matter how many there are: they are had
 * while the messages are locked against every reader. `benchmarks/run read` shows the times.
 */
class P10ReadsDoNotSlowDownTest {
  private final long campaign = Ids.next();

  @Test
  void allFiguresAreHadWithoutReadingOneMessage() throws Exception {
    try (AnalyticsFixture service = new AnalyticsFixture();
        Connection connection =
            DriverManager.getConnection(
                service.database.url(),
                service.database.user(),
                service.database.password().value());
        Statement statement = connection.createStatement()) {
      service.snapshot(campaign, 10, CampaignStatus.LIVE, "UTC");
      service.record(
          evidence(campaign, 0, EvidenceKind.READ, START).build(),
          evidence(campaign, 1, EvidenceKind.FAILED, START)
              .setFailure(Failure.newBuilder().setCode(131026))
              .build());
      connection.setAutoCommit(false);
      statement.execute("lock table analytics.message in access exclusive mode");

      // Far less than the statements' own time limit: one that waits for the lock is found out.
      CampaignAnalyticsServiceBlockingStub figures =
          service.analytics().withDeadlineAfter(20, TimeUnit.SECONDS);
      assertThat(
              figures
                  .getCampaignAnalytics(
                      GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
                  .getAnalytics()
                  .getRead())
          .isEqualTo(1);
      assertThat(
              figures
                  .batchGetCampaignAnalytics(
                      BatchGetCampaignAnalyticsRequest.newBuilder()
                          .addCampaignIds(campaign)
                          .build())
                  .getAnalyticsList())
          .hasSize(1);
      assertThat(
              figures
                  .listFailureReasons(
                      ListFailureReasonsRequest.newBuilder().setCampaignId(campaign).build())
                  .getReasonsList())
          .hasSize(1);
      assertThat(
              figures
                  .listCountryMetrics(
                      ListCountryMetricsRequest.newBuilder().setCampaignId(campaign).build())
                  .getCountriesList())
          .hasSize(1);
      assertThat(
              figures
                  .listLaunchHours(
                      ListLaunchHoursRequest.newBuilder().setCampaignId(campaign).build())
                  .getHoursList())
          .hasSize(1);
      assertThat(
              figures
                  .getTimeSeries(GetTimeSeriesRequest.newBuilder().setCampaignId(campaign).build())
                  .getPointsList())
          .isNotEmpty();
      assertThat(
              figures
                  .getWorkspaceOverview(
                      GetWorkspaceOverviewRequest.newBuilder()
                          .setStartTime(time(START.minusSeconds(86_400)))
                          .setEndTime(time(START.plusSeconds(86_400)))
                          .build())
                  .getTotals()
                  .getRead())
          .isEqualTo(1);
      assertThat(
              figures
                  .watchCampaignAnalytics(
                      WatchCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
                  .next()
                  .getAnalytics()
                  .getFailed())
          .isEqualTo(1);
      connection.rollback();
    }
  }
}
