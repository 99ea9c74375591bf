package dev.herald.campaign.report;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.herald.analytics.v1.BatchGetMessagesRequest;
import dev.herald.analytics.v1.BatchGetTalliesRequest;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.analytics.v1.ListOrdinalsRequest;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.Tally;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.workspace.WorkspaceId;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Analytics, as campaigns see it. */
public final class AnalyticsClient {
  private static final Logger log = LoggerFactory.getLogger(AnalyticsClient.class);
  private static final int MAX_EVIDENCE = 10_000;
  private static final int MAX_SNAPSHOTS = 1000;
  private static final int PAGE = 5000;
  private static final long SEND_SECONDS = 15;
  private static final long SNAPSHOT_MILLIS = 500;

  private final EvidenceServiceBlockingStub analytics;

  public AnalyticsClient(Channel channel) {
    this.analytics = EvidenceServiceGrpc.newBlockingStub(channel);
  }

  /** Delivers rows of the outbox: all evidence first, then the snapshots that may speak of it. */
  public void deliver(List<byte[]> payloads) throws InvalidProtocolBufferException {
    List<Evidence> evidence = new ArrayList<>();
    Map<Long, CampaignSnapshot> snapshots = new LinkedHashMap<>();
    for (byte[] payload : payloads) {
      byte[] body = Arrays.copyOfRange(payload, 1, payload.length);
      switch (payload[0]) {
        case Reports.EVIDENCE ->
            evidence.addAll(RecordEvidenceRequest.parseFrom(body).getEvidenceList());
        case Reports.SNAPSHOT ->
            PutCampaignSnapshotsRequest.parseFrom(body)
                .getSnapshotsList()
                .forEach(
                    snapshot ->
                        snapshots.merge(
                            snapshot.getCampaignId(), snapshot, AnalyticsClient::newer));
        default -> throw new InvalidProtocolBufferException("A report of an unknown kind.");
      }
    }
    for (int from = 0; from < evidence.size(); from += MAX_EVIDENCE) {
      record(evidence.subList(from, Math.min(evidence.size(), from + MAX_EVIDENCE)));
    }
    List<CampaignSnapshot> latest = List.copyOf(snapshots.values());
    for (int from = 0; from < latest.size(); from += MAX_SNAPSHOTS) {
      analytics
          .withDeadlineAfter(SEND_SECONDS, TimeUnit.SECONDS)
          .putCampaignSnapshots(
              PutCampaignSnapshotsRequest.newBuilder()
                  .addAllSnapshots(
                      latest.subList(from, Math.min(latest.size(), from + MAX_SNAPSHOTS)))
                  .build());
    }
  }

  private static CampaignSnapshot newer(CampaignSnapshot one, CampaignSnapshot other) {
    return one.getVersion() >= other.getVersion() ? one : other;
  }

  private void record(List<Evidence> evidence) {
    List<EvidenceRejection> rejections =
        analytics
            .withDeadlineAfter(SEND_SECONDS, TimeUnit.SECONDS)
            .recordEvidence(RecordEvidenceRequest.newBuilder().addAllEvidence(evidence).build())
            .getRejectionsList();
    for (EvidenceRejection rejection : rejections) {
      Evidence rejected = evidence.get(rejection.getIndex());
      // A second time it would be rejected too: said loudly, once.
      log.error(
          "Analytics rejected evidence campaign={} ordinal={} kind={} reason={}",
          rejected.getCampaignId(),
          rejected.getOrdinal(),
          rejected.getKind(),
          rejection.getReason());
    }
  }

  /**
   * Tells analytics about a change at once, so that a caller who reads analytics after our answer
   * sees it. The outbox tells it again: this may fail without harm.
   */
  public void tellNow(Campaign campaign) {
    try {
      // Not in the caller's context: its cancellation must not look like analytics' failure.
      Context.ROOT.run(
          () ->
              analytics
                  .withDeadlineAfter(SNAPSHOT_MILLIS, TimeUnit.MILLISECONDS)
                  .putCampaignSnapshots(
                      PutCampaignSnapshotsRequest.newBuilder()
                          .addSnapshots(Reports.of(campaign))
                          .build()));
    } catch (StatusRuntimeException e) {
      log.debug("Analytics hears of campaign={} a little later", campaign.id().value(), e);
    }
  }

  /** The bucket of one message; BUCKET_PENDING if nothing is known of it. */
  public Bucket bucket(WorkspaceId workspace, CampaignId campaign, int ordinal) {
    return analytics
        .withDeadlineAfter(SEND_SECONDS, TimeUnit.SECONDS)
        .batchGetMessages(
            BatchGetMessagesRequest.newBuilder()
                .setWorkspaceId(workspace.value())
                .setCampaignId(campaign.value())
                .addOrdinals(ordinal)
                .build())
        .getMessagesList()
        .stream()
        .findFirst()
        .map(Message::getBucket)
        .orElse(Bucket.BUCKET_PENDING);
  }

  /** How many messages of these campaigns were sent and failed, in any order. */
  public List<Tally> tallies(Collection<CampaignId> campaigns) {
    return analytics
        .withDeadlineAfter(SEND_SECONDS, TimeUnit.SECONDS)
        .batchGetTallies(
            BatchGetTalliesRequest.newBuilder()
                .addAllCampaignIds(campaigns.stream().map(CampaignId::value).toList())
                .build())
        .getTalliesList();
  }

  /** Hands over the ordinals that match, page by page, ascending. */
  public void ordinals(
      WorkspaceId workspace,
      CampaignId campaign,
      MessageFilter filter,
      Consumer<List<Integer>> page) {
    int after = -1;
    boolean more = true;
    while (more) {
      var answer =
          analytics
              .withDeadlineAfter(SEND_SECONDS, TimeUnit.SECONDS)
              .listOrdinals(
                  ListOrdinalsRequest.newBuilder()
                      .setWorkspaceId(workspace.value())
                      .setCampaignId(campaign.value())
                      .setFilter(filter)
                      .setAfterOrdinal(after)
                      .setPageSize(PAGE)
                      .build());
      if (answer.getOrdinalsCount() == 0) {
        return;
      }
      page.accept(answer.getOrdinalsList());
      after = answer.getOrdinals(answer.getOrdinalsCount() - 1);
      more = answer.getMore();
    }
  }
}
