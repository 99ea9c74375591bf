package dev.herald.analytics.evidence;

import dev.herald.analytics.campaign.SnapshotStore;
import dev.herald.analytics.campaign.UnattributedStore;
import dev.herald.analytics.message.MessageFilters;
import dev.herald.analytics.message.MessageStore;
import dev.herald.analytics.v1.BatchGetMessagesRequest;
import dev.herald.analytics.v1.BatchGetMessagesResponse;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.ListOrdinalsRequest;
import dev.herald.analytics.v1.ListOrdinalsResponse;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.analytics.v1.PutCampaignSnapshotsResponse;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import dev.herald.analytics.v1.RecordUnattributedRequest;
import dev.herald.analytics.v1.RecordUnattributedResponse;
import dev.herald.analytics.v1.StreamEvidenceRequest;
import dev.herald.analytics.v1.StreamEvidenceResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.groupcommit.GroupCommit;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/** Takes in facts and states. Callers that come at the same moment share one commit. */
public final class EvidenceRpc extends EvidenceServiceGrpc.EvidenceServiceImplBase
    implements AutoCloseable {
  private static final int MAX_ELEMENTS = 10_000;
  private static final int MAX_SNAPSHOTS = 1000;
  private static final int BATCH = 4000;
  private static final int QUEUE = 100_000;
  private static final int DEFAULT_ORDINALS = 1000;

  private final MergeStore store;
  private final SnapshotStore snapshots;
  private final UnattributedStore unattributed;
  private final MessageStore messages;
  private final Runnable merged;
  private final GroupCommit<List<Fact>, Integer> commits;

  /**
   * @param merged told after every commit, so that billing hears soon
   */
  public EvidenceRpc(
      MergeStore store,
      SnapshotStore snapshots,
      UnattributedStore unattributed,
      MessageStore messages,
      Runnable merged,
      MeterRegistry metrics) {
    this.store = store;
    this.snapshots = snapshots;
    this.unattributed = unattributed;
    this.messages = messages;
    this.merged = merged;
    this.commits =
        new GroupCommit<>("evidence", BATCH, QUEUE, 1, List::size, this::commit, metrics);
  }

  @Override
  public void recordEvidence(
      RecordEvidenceRequest request, StreamObserver<RecordEvidenceResponse> observer) {
    observer.onNext(record(request.getEvidenceList()));
    observer.onCompleted();
  }

  @Override
  public StreamObserver<StreamEvidenceRequest> streamEvidence(
      StreamObserver<StreamEvidenceResponse> observer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(StreamEvidenceRequest request) {
        observer.onNext(
            StreamEvidenceResponse.newBuilder()
                .addAllRejections(record(request.getEvidenceList()).getRejectionsList())
                .build());
      }

      @Override
      public void onError(Throwable problem) {
        // The caller is gone; what it was answered is durable.
      }

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }

  private RecordEvidenceResponse record(List<Evidence> elements) {
    if (elements.size() > MAX_ELEMENTS) {
      throw HeraldException.invalid(
          "evidence",
          "BATCH_TOO_LARGE",
          "Send at most " + MAX_ELEMENTS + " elements in one batch.");
    }
    RecordEvidenceResponse.Builder answer = RecordEvidenceResponse.newBuilder();
    List<Fact> facts = FactReader.read(elements, answer);
    List<Fact> own = store.ofTheirWorkspace(facts);
    if (own.size() < facts.size()) {
      rejectForeign(elements, facts, own, answer);
    }
    if (!own.isEmpty()) {
      commits.submit(own);
      merged.run();
    }
    return answer.build();
  }

  private static void rejectForeign(
      List<Evidence> elements,
      List<Fact> facts,
      List<Fact> own,
      RecordEvidenceResponse.Builder answer) {
    List<Fact> foreign = new ArrayList<>(facts);
    foreign.removeAll(own);
    for (int i = 0; i < elements.size(); i++) {
      Evidence element = elements.get(i);
      boolean isForeign =
          foreign.stream()
              .anyMatch(
                  fact ->
                      fact.campaignId() == element.getCampaignId()
                          && fact.workspaceId() == element.getWorkspaceId());
      if (isForeign) {
        answer
            .addRejectionsBuilder()
            .setIndex(i)
            .setReason("WORKSPACE_MISMATCH")
            .setMessage("The campaign belongs to another workspace.");
      }
    }
  }

  private List<Integer> commit(List<List<Fact>> callers) {
    List<Fact> all = new ArrayList<>();
    callers.forEach(all::addAll);
    store.merge(all);
    return callers.stream().map(List::size).toList();
  }

  @Override
  public void putCampaignSnapshots(
      PutCampaignSnapshotsRequest request, StreamObserver<PutCampaignSnapshotsResponse> observer) {
    if (request.getSnapshotsCount() > MAX_SNAPSHOTS) {
      throw HeraldException.invalid(
          "snapshots", "BATCH_TOO_LARGE", "Send at most " + MAX_SNAPSHOTS + " snapshots at once.");
    }
    snapshots.put(request.getSnapshotsList());
    merged.run();
    observer.onNext(PutCampaignSnapshotsResponse.getDefaultInstance());
    observer.onCompleted();
  }

  @Override
  public void recordUnattributed(
      RecordUnattributedRequest request, StreamObserver<RecordUnattributedResponse> observer) {
    if (request.getBatchId().isEmpty() || request.getBatchId().length() > 128) {
      throw HeraldException.invalid(
          "batch_id", "BATCH_ID_INVALID", "The batch needs an id of 1 to 128 characters.");
    }
    if (request.getCountsCount() > MAX_SNAPSHOTS) {
      throw HeraldException.invalid("counts", "BATCH_TOO_LARGE", "Send at most 1000 counts.");
    }
    unattributed.add(request.getBatchId(), request.getCountsList());
    observer.onNext(RecordUnattributedResponse.getDefaultInstance());
    observer.onCompleted();
  }

  @Override
  public void listOrdinals(
      ListOrdinalsRequest request, StreamObserver<ListOrdinalsResponse> observer) {
    int size = request.getPageSize() == 0 ? DEFAULT_ORDINALS : request.getPageSize();
    List<Integer> ordinals =
        messages.ordinals(
            request.getWorkspaceId(),
            request.getCampaignId(),
            MessageFilters.of(request.getFilter()),
            request.getAfterOrdinal(),
            size + 1);
    observer.onNext(
        ListOrdinalsResponse.newBuilder()
            .addAllOrdinals(ordinals.subList(0, Math.min(size, ordinals.size())))
            .setMore(ordinals.size() > size)
            .build());
    observer.onCompleted();
  }

  @Override
  public void batchGetMessages(
      BatchGetMessagesRequest request, StreamObserver<BatchGetMessagesResponse> observer) {
    observer.onNext(
        BatchGetMessagesResponse.newBuilder()
            .addAllMessages(
                messages.get(
                    request.getWorkspaceId(),
                    request.getCampaignId(),
                    request.getOrdinalsList().stream().mapToInt(Integer::intValue).toArray()))
            .build());
    observer.onCompleted();
  }

  /** Commits what was taken. */
  @Override
  public void close() {
    commits.close();
  }
}
