package dev.herald.campaign.testing;

import dev.herald.analytics.v1.BatchGetMessagesRequest;
import dev.herald.analytics.v1.BatchGetMessagesResponse;
import dev.herald.analytics.v1.BatchGetTalliesRequest;
import dev.herald.analytics.v1.BatchGetTalliesResponse;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.ListOrdinalsRequest;
import dev.herald.analytics.v1.ListOrdinalsResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.analytics.v1.PutCampaignSnapshotsResponse;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import dev.herald.analytics.v1.Tally;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Takes in evidence and snapshots as the contract says, and shows what it got. */
public final class RecordingAnalytics extends EvidenceServiceGrpc.EvidenceServiceImplBase {
  private final Map<Long, TreeMap<Integer, Seen>> messages = new HashMap<>();
  private final Map<Long, CampaignSnapshot> snapshots = new HashMap<>();
  private final List<String> order = new ArrayList<>();
  private boolean unavailable;

  /** What is known of one message. */
  public static final class Seen {
    private final EnumMap<EvidenceKind, Evidence> byKind = new EnumMap<>(EvidenceKind.class);

    public Set<EvidenceKind> kinds() {
      return EnumSet.copyOf(byKind.keySet());
    }

    public Evidence of(EvidenceKind kind) {
      return byKind.get(kind);
    }

    public Bucket bucket() {
      if (byKind.containsKey(EvidenceKind.READ)) {
        return Bucket.BUCKET_READ;
      }
      if (byKind.containsKey(EvidenceKind.DELIVERED) || byKind.containsKey(EvidenceKind.REPLIED)) {
        return Bucket.BUCKET_DELIVERED;
      }
      if (byKind.containsKey(EvidenceKind.FAILED)) {
        return Bucket.BUCKET_FAILED;
      }
      if (byKind.containsKey(EvidenceKind.SENT)) {
        return Bucket.BUCKET_SENT;
      }
      if (byKind.containsKey(EvidenceKind.ACCEPTED) || byKind.containsKey(EvidenceKind.HELD)) {
        return Bucket.BUCKET_ACCEPTED;
      }
      if (byKind.containsKey(EvidenceKind.SKIPPED)) {
        return Bucket.BUCKET_SKIPPED;
      }
      return byKind.containsKey(EvidenceKind.UNCONFIRMED)
          ? Bucket.BUCKET_UNCONFIRMED
          : Bucket.BUCKET_PENDING;
    }
  }

  public synchronized void setUnavailable(boolean unavailable) {
    this.unavailable = unavailable;
  }

  public synchronized CampaignSnapshot snapshot(long campaign) {
    return snapshots.get(campaign);
  }

  /** Everything known of a campaign, by ordinal. */
  public synchronized Map<Integer, Seen> messages(long campaign) {
    return new TreeMap<>(messages.getOrDefault(campaign, new TreeMap<>()));
  }

  public synchronized Map<Bucket, Integer> buckets(long campaign) {
    Map<Bucket, Integer> counts = new EnumMap<>(Bucket.class);
    messages
        .getOrDefault(campaign, new TreeMap<>())
        .values()
        .forEach(seen -> counts.merge(seen.bucket(), 1, Integer::sum));
    return counts;
  }

  /** Arrivals of a campaign in order: "e" for evidence, the status for a snapshot. */
  public synchronized List<String> order(long campaign) {
    return order.stream()
        .filter(line -> line.startsWith(campaign + " "))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  /** Evidence as the webhook applier would bring it. */
  public synchronized void record(Evidence evidence) {
    messages
        .computeIfAbsent(evidence.getCampaignId(), id -> new TreeMap<>())
        .computeIfAbsent(evidence.getOrdinal(), ordinal -> new Seen())
        .byKind
        .putIfAbsent(evidence.getKind(), evidence);
    order.add(evidence.getCampaignId() + " e");
  }

  private boolean refuses(StreamObserver<?> answer) {
    if (unavailable) {
      answer.onError(Status.UNAVAILABLE.asRuntimeException());
    }
    return unavailable;
  }

  @Override
  public synchronized void recordEvidence(
      RecordEvidenceRequest request, StreamObserver<RecordEvidenceResponse> answer) {
    if (refuses(answer)) {
      return;
    }
    request.getEvidenceList().forEach(this::record);
    answer.onNext(RecordEvidenceResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public synchronized void putCampaignSnapshots(
      PutCampaignSnapshotsRequest request, StreamObserver<PutCampaignSnapshotsResponse> answer) {
    if (refuses(answer)) {
      return;
    }
    for (CampaignSnapshot snapshot : request.getSnapshotsList()) {
      snapshots.merge(
          snapshot.getCampaignId(),
          snapshot,
          (old, now) -> now.getVersion() > old.getVersion() ? now : old);
      order.add(snapshot.getCampaignId() + " " + snapshot.getStatus());
    }
    answer.onNext(PutCampaignSnapshotsResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public synchronized void listOrdinals(
      ListOrdinalsRequest request, StreamObserver<ListOrdinalsResponse> answer) {
    ListOrdinalsResponse.Builder response = ListOrdinalsResponse.newBuilder();
    int size = request.getPageSize() == 0 ? 1000 : request.getPageSize();
    for (Map.Entry<Integer, Seen> entry :
        messages
            .getOrDefault(request.getCampaignId(), new TreeMap<>())
            .tailMap(request.getAfterOrdinal(), false)
            .entrySet()) {
      if (response.getOrdinalsCount() == size) {
        response.setMore(true);
        break;
      }
      if (matches(request.getFilter(), entry.getValue())) {
        response.addOrdinals(entry.getKey());
      }
    }
    answer.onNext(response.build());
    answer.onCompleted();
  }

  private static boolean matches(MessageFilter filter, Seen seen) {
    Instant first =
        seen.byKind.values().stream()
            .map(one -> Instant.ofEpochSecond(one.getTime().getSeconds(), one.getTime().getNanos()))
            .min(Instant::compareTo)
            .orElseThrow();
    boolean inTime =
        !filter.hasEndTime()
            || first.isBefore(
                Instant.ofEpochSecond(
                    filter.getEndTime().getSeconds(), filter.getEndTime().getNanos()));
    return inTime
        && (filter.getBucketsCount() == 0 || filter.getBucketsList().contains(seen.bucket()))
        && seen.byKind.keySet().containsAll(filter.getWithEvidenceList())
        && filter.getWithoutEvidenceList().stream().noneMatch(seen.byKind::containsKey);
  }

  @Override
  public synchronized void batchGetTallies(
      BatchGetTalliesRequest request, StreamObserver<BatchGetTalliesResponse> answer) {
    if (refuses(answer)) {
      return;
    }
    BatchGetTalliesResponse.Builder response = BatchGetTalliesResponse.newBuilder();
    for (long campaign : request.getCampaignIdsList()) {
      Map<Bucket, Integer> buckets = buckets(campaign);
      response.addTallies(
          Tally.newBuilder()
              .setCampaignId(campaign)
              .setSent(buckets.getOrDefault(Bucket.BUCKET_SENT, 0))
              .setFailed(buckets.getOrDefault(Bucket.BUCKET_FAILED, 0)));
    }
    answer.onNext(response.build());
    answer.onCompleted();
  }

  @Override
  public synchronized void batchGetMessages(
      BatchGetMessagesRequest request, StreamObserver<BatchGetMessagesResponse> answer) {
    if (refuses(answer)) {
      return;
    }
    BatchGetMessagesResponse.Builder response = BatchGetMessagesResponse.newBuilder();
    for (int ordinal : request.getOrdinalsList()) {
      Seen seen = messages.getOrDefault(request.getCampaignId(), new TreeMap<>()).get(ordinal);
      if (seen != null) {
        response.addMessages(
            Message.newBuilder()
                .setCampaignId(request.getCampaignId())
                .setOrdinal(ordinal)
                .setBucket(seen.bucket()));
      }
    }
    answer.onNext(response.build());
    answer.onCompleted();
  }
}
