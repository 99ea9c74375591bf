package dev.herald.benchmarks;

import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceStub;
import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.analytics.v1.WatchCampaignAnalyticsResponse;
import dev.herald.benchmarks.Events.Event;
import dev.herald.runtime.Ids;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.standalone.Api;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thousand watchers of one campaign while statuses come in at half the peak rate: how long after
 * the commit of a batch each of them has heard of it.
 */
final class Watch implements Benchmark {
  private static final int BATCH = 2000;
  private static final int WATCHERS_PER_CONNECTION = 100;

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String description() {
    return "Commit to watcher; watchers=1000 seconds=20: p99_ms, median_ms, statuses_per_s (half"
        + " the peak of this run)";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int watchers = parameters.integer("watchers", 1000);
    int seconds = parameters.integer("seconds", 20);
    try (Lab lab = Lab.open(Map.of())) {
      long workspaceId = lab.workspaceId();
      Ingest.merge(
          lab, new Events(workspaceId, Ids.next()), Events.batches(100_000, BATCH), "warm-up");
      double peak =
          Ingest.merge(
              lab, new Events(workspaceId, Ids.next()), Events.batches(200_000, BATCH), "peak");
      long campaignId = Ids.next();
      Events events = new Events(workspaceId, campaignId);
      int rate = (int) (peak / 2);
      List<List<Event>> batches = Events.sentOnly(0, rate * seconds, BATCH);
      // The campaign must exist before it can be watched.
      lab.evidence().recordEvidence(events.request(batches.getFirst()));

      Commits commits = new Commits();
      commits.committed(batches.getFirst().size());
      List<Watcher> watching = watch(lab, campaignId, watchers, commits);
      ingest(lab, events, batches.subList(1, batches.size()), rate, commits);
      int last = rate * seconds;
      for (Watcher watcher : watching) {
        watcher.awaitCount(last);
      }
      double[] millis =
          watching.stream()
              .flatMap(watcher -> watcher.millis.stream())
              .mapToDouble(Double::doubleValue)
              .toArray();
      return new Figures()
          .add("p99_ms", Figures.percentile(millis, 0.99))
          .add("median_ms", Figures.median(millis))
          .add("statuses_per_s", rate)
          .add("watchers", watchers)
          .map();
    }
  }

  /** When the campaign's count first reached a number. */
  private static final class Commits {
    private final NavigableMap<Integer, Long> times = new ConcurrentSkipListMap<>();

    void committed(int count) {
      times.putIfAbsent(count, System.nanoTime());
    }

    /** The commit that the watcher, having seen {@code count}, had been waiting for the longest. */
    long firstAbove(int count, long fallback) {
      Map.Entry<Integer, Long> entry = times.higherEntry(count);
      return entry == null ? fallback : entry.getValue();
    }
  }

  private static final class Watcher implements StreamObserver<WatchCampaignAnalyticsResponse> {
    private final Commits commits;
    private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile int seen = -1;

    Watcher(Commits commits) {
      this.commits = commits;
    }

    @Override
    public void onNext(WatchCampaignAnalyticsResponse response) {
      int count = response.getAnalytics().getSent();
      long now = System.nanoTime();
      if (seen >= 0 && count > seen) {
        millis.add(Math.max(0, now - commits.firstAbove(seen, now)) / 1e6);
      }
      seen = count;
      first.countDown();
    }

    @Override
    public void onError(Throwable problem) {
      first.countDown();
    }

    @Override
    public void onCompleted() {
      first.countDown();
    }

    void awaitCount(int count) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (seen < count) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("A watcher stopped at " + seen + " of " + count);
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static List<Watcher> watch(Lab lab, long campaignId, int count, Commits commits)
      throws InterruptedException {
    WatchCampaignAnalyticsRequest request =
        WatchCampaignAnalyticsRequest.newBuilder().setCampaignId(campaignId).build();
    List<Watcher> watchers = new ArrayList<>();
    CampaignAnalyticsServiceStub stub = asUser(lab);
    for (int i = 0; i < count; i++) {
      if (i % WATCHERS_PER_CONNECTION == 0) {
        stub = asUser(lab);
      }
      Watcher watcher = new Watcher(commits);
      stub.watchCampaignAnalytics(request, watcher);
      watchers.add(watcher);
    }
    for (Watcher watcher : watchers) {
      watcher.first.await(30, TimeUnit.SECONDS);
    }
    return watchers;
  }

  private static CampaignAnalyticsServiceStub asUser(Lab lab) {
    try (Api api = lab.api()) {
      Metadata metadata = new Metadata();
      metadata.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + api.post("token", Map.of()).path("token").asText());
      ManagedChannel channel =
          GrpcClients.channel(
              "127.0.0.1:" + lab.herald().ports().analytics(),
              ChannelSecurity.plaintext(),
              MetadataUtils.newAttachHeadersInterceptor(metadata));
      return CampaignAnalyticsServiceGrpc.newStub(lab.owning(channel));
    }
  }

  /** Sends batches evenly at the rate; notes when each was answered, which is after its commit. */
  private static void ingest(
      Lab lab, Events events, List<List<Event>> batches, int rate, Commits commits) {
    EvidenceServiceBlockingStub stub = lab.evidence();
    long begin = System.nanoTime();
    int sent = 0;
    int count = BATCH;
    for (List<Event> batch : batches) {
      long due = begin + (long) (sent * 1e9 / rate);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      stub.recordEvidence(events.request(batch));
      sent += batch.size();
      count += batch.size();
      commits.committed(count);
    }
  }
}
