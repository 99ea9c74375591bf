package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static dev.herald.analytics.AnalyticsFixture.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.BatchGetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceBlockingStub;
import dev.herald.analytics.v1.Evidence;
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
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.testing.EmbeddedDatabases;
import dev.herald.runtime.testing.TestTokens;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Figures do not read a campaign's messages, so it does not matter how many there are; only the
 * wording of a failure code is looked up in one of them. PostgreSQL's own counts of the rows it
 * touched are the judge. `benchmarks/run read` shows the times.
 */
class P10ReadsDoNotSlowDownTest {
  private static final int MESSAGES = 3000;
  private static final int LOOK_UPS = 20;

  private final long campaign = Ids.next();

  @Test
  void allFiguresTogetherTouchAsGoodAsNoMessages() throws Exception {
    TestTokens tokens = new TestTokens();
    DatabaseConfig database = EmbeddedDatabases.fresh();
    try (AnalyticsFixture service = new AnalyticsFixture(database, tokens)) {
      service.snapshot(campaign, MESSAGES, CampaignStatus.LIVE, "UTC");
      service.record(
          IntStream.range(0, MESSAGES)
              .mapToObj(
                  i ->
                      i % 3 == 0
                          ? evidence(campaign, i, EvidenceKind.READ, START)
                          : evidence(campaign, i, EvidenceKind.FAILED, START)
                              .setFailure(Failure.newBuilder().setCode(131026)))
              .map(Evidence.Builder::build)
              .toArray(Evidence[]::new));
    }
    // A session tells its counts at the latest when it ends.
    long before = rowsTouched(database);
    try (AnalyticsFixture service = new AnalyticsFixture(database, tokens)) {
      readEverything(service.analytics());
    }
    assertThat(rowsTouched(database) - before).isBetween(0L, (long) LOOK_UPS);
  }

  private void readEverything(CampaignAnalyticsServiceBlockingStub figures) {
    assertThat(
            figures
                .getCampaignAnalytics(
                    GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
                .getAnalytics()
                .getRead())
        .isEqualTo(MESSAGES / 3);
    assertThat(
            figures
                .batchGetCampaignAnalytics(
                    BatchGetCampaignAnalyticsRequest.newBuilder().addCampaignIds(campaign).build())
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
        .isEqualTo(MESSAGES / 3);
    assertThat(
            figures
                .watchCampaignAnalytics(
                    WatchCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
                .next()
                .getAnalytics()
                .getFailed())
        .isEqualTo(MESSAGES / 3 * 2);
  }

  private static long rowsTouched(DatabaseConfig database) throws SQLException {
    try (Connection connection = AnalyticsFixture.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables"
                    + " where schemaname = 'analytics' and relname = 'message'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
