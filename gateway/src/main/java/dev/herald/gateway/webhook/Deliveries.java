package dev.herald.gateway.webhook;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.RecordUnattributedRequest;
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc.InboundServiceBlockingStub;
import dev.herald.campaign.v1.RecordInboundRequest;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The calls by which the applier passes on what webhooks mean. Each may be repeated. */
final class Deliveries {
  /** Most evidence in one call; the contract takes up to ten thousand. */
  static final int MOST_EVIDENCE = 5000;

  /** Most events in one call. */
  static final int MOST_EVENTS = 1000;

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final EvidenceServiceBlockingStub analytics;
  private final InboundServiceBlockingStub campaign;

  /** An element that a service did not take, by its place in the call. */
  record Rejection(int index, String reason, String message) {}

  /** The channels must carry this service's own token. */
  Deliveries(Channel analytics, Channel campaign) {
    this.analytics = EvidenceServiceGrpc.newBlockingStub(analytics);
    this.campaign = InboundServiceGrpc.newBlockingStub(campaign);
  }

  List<Rejection> evidence(List<Evidence> evidence) {
    return translated(
        () ->
            analytics
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .recordEvidence(RecordEvidenceRequest.newBuilder().addAllEvidence(evidence).build())
                .getRejectionsList()
                .stream()
                .map(no -> new Rejection(no.getIndex(), no.getReason(), no.getMessage()))
                .toList());
  }

  List<Rejection> events(List<InboundEvent> events) {
    return translated(
        () ->
            campaign
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .recordInbound(RecordInboundRequest.newBuilder().addAllEvents(events).build())
                .getRejectionsList()
                .stream()
                .map(no -> new Rejection(no.getIndex(), no.getReason(), no.getMessage()))
                .toList());
  }

  void unattributed(String batchId, List<UnattributedCount> counts) {
    translated(
        () ->
            analytics
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .recordUnattributed(
                    RecordUnattributedRequest.newBuilder()
                        .setBatchId(batchId)
                        .addAllCounts(counts)
                        .build()));
  }

  private static <T> T translated(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw GrpcErrors.fromStatus(e);
    }
  }

  /** True if the data made the call fail, so that the same data will fail again. */
  static boolean isFaultOfData(HeraldException error) {
    return switch (error.kind()) {
      case INVALID, NOT_FOUND, ALREADY_EXISTS, PRECONDITION -> true;
      case PERMISSION,
          UNAUTHENTICATED,
          EXHAUSTED,
          ABORTED,
          UNAVAILABLE,
          DEADLINE,
          CANCELLED,
          UNIMPLEMENTED,
          INTERNAL ->
          false;
    };
  }
}
