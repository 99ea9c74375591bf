package dev.herald.analytics.campaign;

import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.billing.v1.BatchGetCampaignCostsRequest;
import dev.herald.billing.v1.CampaignCost;
import dev.herald.billing.v1.GetCampaignLinesRequest;
import dev.herald.billing.v1.LineState;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks billing what campaigns cost. Figures never wait for money for long, and never fail for it.
 */
public final class Costs {
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final Duration AUDIT_DEADLINE = Duration.ofSeconds(10);

  // After billing failed to answer, nobody waits for it for so long: watchers hear within a second.
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final ReservationServiceBlockingStub billing;
  private volatile long silentUntil = System.nanoTime();

  public Costs(Channel billing) {
    this.billing = ReservationServiceGrpc.newBlockingStub(billing);
  }

  /** The same analytics with their cost, or marked cost_unavailable. */
  List<CampaignAnalytics> added(long workspace, List<CampaignAnalytics> analytics) {
    if (analytics.isEmpty()) {
      return analytics;
    }
    if (System.nanoTime() - silentUntil < 0) {
      return unavailable(analytics);
    }
    try {
      Map<Long, CampaignCost> costs = costs(workspace, analytics);
      return analytics.stream().map(one -> with(one, costs)).toList();
    } catch (StatusRuntimeException e) {
      silentUntil = System.nanoTime() + SILENCE.toNanos();
      return unavailable(analytics);
    }
  }

  private static List<CampaignAnalytics> unavailable(List<CampaignAnalytics> analytics) {
    return analytics.stream().map(one -> one.toBuilder().setCostUnavailable(true).build()).toList();
  }

  List<LineState> lines(long workspace, long campaign) {
    return billing
        .withDeadlineAfter(AUDIT_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .getCampaignLines(
            GetCampaignLinesRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setCampaignId(campaign)
                .build())
        .getLinesList();
  }

  private Map<Long, CampaignCost> costs(long workspace, List<CampaignAnalytics> analytics) {
    return billing
        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .batchGetCampaignCosts(
            BatchGetCampaignCostsRequest.newBuilder()
                .setWorkspaceId(workspace)
                .addAllCampaignIds(
                    analytics.stream().map(CampaignAnalytics::getCampaignId).toList())
                .build())
        .getCostsList()
        .stream()
        .collect(Collectors.toMap(CampaignCost::getCampaignId, Function.identity()));
  }

  private static CampaignAnalytics with(
      CampaignAnalytics analytics, Map<Long, CampaignCost> costs) {
    CampaignCost cost = costs.get(analytics.getCampaignId());
    return cost == null ? analytics : analytics.toBuilder().setCost(cost).build();
  }
}
