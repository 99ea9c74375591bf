package dev.herald.analytics.evidence;

import dev.herald.analytics.campaign.SnapshotStore;
import dev.herald.analytics.campaign.TallyStore;
import dev.herald.analytics.campaign.UnattributedStore;
import dev.herald.analytics.message.MessageFilters;
import dev.herald.analytics.message.MessageStore;
import dev.herald.analytics.v1.BatchGetMessagesRequest;
import dev.herald.analytics.v1.BatchGetMessagesResponse;
import dev.herald.analytics.v1.BatchGetTalliesRequest;
import dev.herald.analytics.v1.BatchGetTalliesResponse;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceRejection;
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
import dev.herald.analytics.v1.UnattributedCount;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.groupcommit.GroupCommit;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Takes in facts and states. Callers that come at the same moment share one commit. */
public final class EvidenceRpc extends EvidenceServiceGrpc.EvidenceServiceImplBase
    implements AutoCloseable {
  private static final int MAX_ELEMENTS = 10_000;
  private static final int MAX_SNAPSHOTS = 1000;
  private static final int BATCH = 4000;
  private static final int QUEUE = 100_000;
  // One prepares a batch while the other's is in the database.
  private static final int WRITERS = 2;
  private static final int DEFAULT_ORDINALS = 1000;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final Pattern REASON = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private final MergeStore store;
  private final SnapshotStore snapshots;
  private final UnattributedStore unattributed;
  private final MessageStore messages;
  private final TallyStore tallies;
  private final Runnable merged;
  private final GroupCommit<List<Fact>, Map<Long, Long>> commits;

  /**
   * @param merged told after every commit, so that billing hears soon
   */
  public EvidenceRpc(
      MergeStore store,
      SnapshotStore snapshots,
      UnattributedStore unattributed,
      MessageStore messages,
      TallyStore tallies,
      Runnable merged,
      MeterRegistry metrics) {
    this.store = store;
    this.snapshots = snapshots;
    this.unattributed = unattributed;
    this.messages = messages;
    this.tallies = tallies;
    this.merged = merged;
    this.commits =
        new GroupCommit<>("evidence", BATCH, QUEUE, WRITERS, List::size, this::commit, metrics);
  }

  @Override
  public void recordEvidence(
      RecordEvidenceRequest request, StreamObserver<RecordEvidenceResponse> observer) {
    observer.onNext(
        RecordEvidenceResponse.newBuilder()
            .addAllRejections(record(request.getEvidenceList()))
            .build());
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
                .addAllRejections(record(request.getEvidenceList()))
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

  private List<EvidenceRejection> record(List<Evidence> elements) {
    if (elements.size() > MAX_ELEMENTS) {
      throw HeraldException.invalid(
          "evidence",
          "BATCH_TOO_LARGE",
          "Send at most " + MAX_ELEMENTS + " elements in one batch.");
    }
    Rejections rejected = new Rejections();
    List<Fact> own = ofTheirWorkspace(FactReader.read(elements, rejected), rejected);
    if (!own.isEmpty()) {
      Map<Long, Long> closedBelow = submit(own);
      merged.run();
      rejectClosed(own, closedBelow, rejected);
    }
    return rejected.list();
  }

  private List<Fact> ofTheirWorkspace(List<Fact> facts, Rejections rejected) {
    Map<Long, Long> workspaces = store.workspaces(facts);
    List<Fact> own = new ArrayList<>(facts.size());
    for (Fact fact : facts) {
      if (Objects.equals(workspaces.get(fact.campaignId()), fact.workspaceId())) {
        own.add(fact);
      } else {
        rejected.add(
            fact.index(), "WORKSPACE_MISMATCH", "the campaign belongs to another workspace.");
      }
    }
    return own;
  }

  private Map<Long, Long> submit(List<Fact> facts) {
    try {
      return commits.submit(facts);
    } catch (HeraldException e) {
      if (!e.reason().equals("QUEUE_FULL")) {
        throw e;
      }
      throw HeraldException.exhausted(
          "EVIDENCE_QUEUE_FULL",
          "More evidence is coming in than can be stored just now. Nothing of this batch was"
              + " taken; send it again.",
          e.retryAfter().orElse(RETRY_AFTER));
    }
  }

  private static void rejectClosed(
      List<Fact> facts, Map<Long, Long> closedBelow, Rejections rejected) {
    if (closedBelow.isEmpty()) {
      return;
    }
    for (Fact fact : facts) {
      if (fact.ordinal() < closedBelow.getOrDefault(fact.campaignId(), 0L)) {
        rejected.add(
            fact.index(), "MESSAGE_RETIRED", "the message is so old that its row is removed.");
      }
    }
  }

  private List<Map<Long, Long>> commit(List<List<Fact>> callers) {
    List<Fact> all = new ArrayList<>();
    callers.forEach(all::addAll);
    Map<Long, Long> closedBelow = store.merge(all);
    return Collections.nCopies(callers.size(), closedBelow);
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
    Rejections rejected = new Rejections();
    List<UnattributedCount> valid = new ArrayList<>();
    for (int i = 0; i < request.getCountsCount(); i++) {
      if (isValid(request.getCounts(i))) {
        valid.add(request.getCounts(i));
      } else {
        rejected.add(
            i,
            "COUNT_INVALID",
            "it needs a workspace, a reason such as NO_CALLBACK_DATA, a time and a count above 0.");
      }
    }
    unattributed.add(request.getBatchId(), valid);
    observer.onNext(
        RecordUnattributedResponse.newBuilder().addAllRejections(rejected.list()).build());
    observer.onCompleted();
  }

  private static boolean isValid(UnattributedCount count) {
    return count.getWorkspaceId() > 0
        && count.getChannelId() >= 0
        && count.getCount() > 0
        && REASON.matcher(count.getReason()).matches()
        && count.getTime().getSeconds() > 0
        && count.getTime().getSeconds() <= FactReader.LATEST_SECONDS;
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
  public void batchGetTallies(
      BatchGetTalliesRequest request, StreamObserver<BatchGetTalliesResponse> observer) {
    observer.onNext(
        BatchGetTalliesResponse.newBuilder()
            .addAllTallies(tallies.get(request.getCampaignIdsList()))
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
