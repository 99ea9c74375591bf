package dev.herald.benchmarks;

import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.common.v1.MessageType;
import dev.herald.runtime.Ids;
import dev.herald.standalone.Api;
import java.util.Map;

/** How long a campaign's analytics take over HTTP at ten million messages and at ten. */
final class Read implements Benchmark {
  private static final int BATCH = 5000;
  static final Map<String, String> NO_LIMIT =
      Map.of("HERALD_RATE_LIMIT", "1000000", "HERALD_RATE_LIMIT_BURST", "1000000");

  @Override
  public String name() {
    return "read";
  }

  @Override
  public String description() {
    return "GET analytics; messages=10000000 reads=4000: p99_ratio (large / small campaign),"
        + " p99_small_ms, p99_large_ms";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int messages = parameters.integer("messages", 10_000_000);
    int reads = parameters.integer("reads", 4000);
    try (Lab lab = Lab.open(NO_LIMIT);
        Api api = lab.api()) {
      long workspaceId = lab.workspaceId();
      long small = campaign(lab, workspaceId, 10);
      long large = campaign(lab, workspaceId, messages);
      measure(api, small, large, reads / 4);
      double[][] millis = measure(api, small, large, reads);
      double p99Small = Figures.percentile(millis[0], 0.99);
      double p99Large = Figures.percentile(millis[1], 0.99);
      return new Figures()
          .add("p99_ratio", p99Large / p99Small)
          .add("p99_small_ms", p99Small)
          .add("p99_large_ms", p99Large)
          .map();
    }
  }

  static long campaign(Lab lab, long workspaceId, int messages) throws Exception {
    long campaignId = Ids.next();
    lab.evidence()
        .putCampaignSnapshots(
            PutCampaignSnapshotsRequest.newBuilder()
                .addSnapshots(
                    CampaignSnapshot.newBuilder()
                        .setWorkspaceId(workspaceId)
                        .setCampaignId(campaignId)
                        .setVersion(1)
                        .setStatus(CampaignStatus.SENT)
                        .setType(CampaignType.BROADCAST)
                        .setMessageType(MessageType.TEMPLATE)
                        .setAudience(messages)
                        .setTimeZone("UTC"))
                .build());
    if (messages <= BATCH) {
      Events events = new Events(workspaceId, campaignId);
      Ingest.merge(lab, events, Events.batches(messages, BATCH), "load");
    } else {
      System.err.printf("loading %d messages past the service%n", messages);
      Loading.messages(lab, campaignId, messages);
    }
    return campaignId;
  }

  /** Milliseconds of each read; the campaigns take turns, so that noise hits both alike. */
  private static double[][] measure(Api api, long small, long large, int reads) {
    double[][] millis = new double[2][reads];
    for (int i = 0; i < reads; i++) {
      millis[0][i] = read(api, small);
      millis[1][i] = read(api, large);
    }
    return millis;
  }

  private static double read(Api api, long campaignId) {
    long begin = System.nanoTime();
    api.get("campaigns/" + campaignId + "/analytics");
    return (System.nanoTime() - begin) / 1e6;
  }
}
