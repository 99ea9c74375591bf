package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.retention.Retention;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.FailureReason;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.ListFailureReasonsRequest;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ReconcileCampaignRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.Ids;
import dev.herald.runtime.database.Database;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Old messages go, what is known of their campaign stays. */
class RetentionTest {
  private static final Duration KEEP = Duration.ofDays(400);

  private final long campaign = Ids.next();
  private AnalyticsFixture service;
  private Database database;

  @BeforeEach
  void start() {
    service = new AnalyticsFixture();
    database = Database.open(service.database, "analytics", new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() throws InterruptedException {
    database.close();
    service.close();
  }

  @Test
  void figuresStayAndLateEvidenceIsRefused() throws InterruptedException {
    service.snapshot(campaign, 5000, CampaignStatus.SENT, "UTC");
    List<Evidence> all = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      all.add(evidence(campaign, i, EvidenceKind.SENT, START.plusSeconds(i)).build());
      if (i % 100 == 0) {
        all.add(
            evidence(campaign, i, EvidenceKind.FAILED, START.plusSeconds(i))
                .setFailure(Failure.newBuilder().setCode(131026).setTitle("Undeliverable"))
                .build());
      }
    }
    service.record(all.toArray(Evidence[]::new));
    CampaignAnalytics before = get();

    assertThat(runAt(START.plus(KEEP))).isZero();
    assertThat(runAt(START.plus(KEEP).plusSeconds(100_000))).isEqualTo(2);

    assertThat(get()).isEqualTo(before);
    assertThat(messages()).isZero();
    assertThat(
            service
                .analytics()
                .listFailureReasons(
                    ListFailureReasonsRequest.newBuilder().setCampaignId(campaign).build())
                .getReasonsList()
                .stream()
                .map(FailureReason::getMetaTitle))
        .containsExactly("Undeliverable");
    assertThat(
            service.record(evidence(campaign, 3, EvidenceKind.READ, START).build()).stream()
                .map(EvidenceRejection::getReason))
        .containsExactly("MESSAGE_RETIRED");
    assertThat(get()).isEqualTo(before);
    assertThat(
            service
                .analytics()
                .reconcileCampaign(
                    ReconcileCampaignRequest.newBuilder().setCampaignId(campaign).build())
                .getDifferencesList())
        .allMatch(difference -> difference.startsWith("billing"));
  }

  @Test
  void aCampaignThatMayGoOnKeepsItsLastBlock() throws InterruptedException {
    service.snapshot(campaign, 5000, CampaignStatus.LIVE, "UTC");
    List<Evidence> all = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      all.add(evidence(campaign, i, EvidenceKind.SENT, START).build());
    }
    service.record(all.toArray(Evidence[]::new));
    assertThat(runAt(START.plus(KEEP).plusSeconds(100_000))).isEqualTo(1);
    assertThat(messages()).isEqualTo(5000 - 4096);
  }

  private int runAt(Instant now) throws InterruptedException {
    try (Retention retention = new Retention(database.jdbi(), KEEP, () -> now)) {
      return retention.run();
    }
  }

  private int messages() {
    return service
        .analytics()
        .listMessages(
            ListMessagesRequest.newBuilder().setCampaignId(campaign).setPageSize(1000).build())
        .getMessagesCount();
  }

  private CampaignAnalytics get() {
    return service
        .analytics()
        .getCampaignAnalytics(
            GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
        .getAnalytics();
  }
}
