package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** More evidence than the database takes: refused as a whole and clearly, and nothing is lost. */
class BackPressureTest {
  private static final int BATCH = 5000;
  private static final int MOST_CALLERS = 40;

  @Test
  void aFullQueueRefusesWithATimeToComeBackAndKeepsWhatItTook() throws Exception {
    long campaign = Ids.next();
    try (AnalyticsFixture service = new AnalyticsFixture();
        Connection connection = AnalyticsFixture.connect(service.database);
        Statement statement = connection.createStatement()) {
      service.snapshot(campaign, MOST_CALLERS * BATCH, CampaignStatus.LIVE, "UTC");
      connection.setAutoCommit(false);
      statement.execute("lock table analytics.message in access exclusive mode");

      List<CompletableFuture<Boolean>> callers = new ArrayList<>();
      AtomicReference<StatusRuntimeException> refusal = new AtomicReference<>();
      while (refusal.get() == null && callers.size() < MOST_CALLERS) {
        int first = callers.size() * BATCH;
        CompletableFuture<Boolean> caller =
            CompletableFuture.supplyAsync(
                () -> isTaken(service, campaign, first, refusal),
                task -> Thread.ofVirtual().start(task));
        callers.add(caller);
      }
      Awaitility.await().until(() -> refusal.get() != null);
      HeraldException refused = GrpcErrors.fromStatus(refusal.get());
      assertThat(refused.reason()).isEqualTo("EVIDENCE_QUEUE_FULL");
      assertThat(refused.retryAfter()).isPresent();

      connection.rollback();
      int taken = 0;
      for (CompletableFuture<Boolean> caller : callers) {
        taken += caller.get() ? BATCH : 0;
      }
      assertThat(taken).isPositive().isLessThan(callers.size() * BATCH);
      assertThat(
              service
                  .analytics()
                  .getCampaignAnalytics(
                      GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
                  .getAnalytics()
                  .getSent())
          .isEqualTo(taken);
    }
  }

  private static boolean isTaken(
      AnalyticsFixture service,
      long campaign,
      int first,
      AtomicReference<StatusRuntimeException> refusal) {
    try {
      service.record(
          IntStream.range(first, first + BATCH)
              .mapToObj(i -> evidence(campaign, i, EvidenceKind.SENT, START).build())
              .toArray(Evidence[]::new));
      return true;
    } catch (StatusRuntimeException e) {
      refusal.set(e);
      return false;
    }
  }
}
