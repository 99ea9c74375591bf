package dev.herald.benchmarks;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc.CampaignAnalyticsServiceBlockingStub;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.runtime.access.BearerToken;
import dev.herald.standalone.Api;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long the first page of messages takes through gRPC, for every kind of filter. */
final class MessagePages implements Benchmark {
  private static final int WARM_UP = 5;
  private static final int PAGE = 50;

  @Override
  public String name() {
    return "message-pages";
  }

  @Override
  public String description() {
    return "First page of ListMessages; messages=1000000 reads=40: slowest_first_page_ms (median of"
        + " the slowest filter), slowest_p99_ms, filters";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int messages = parameters.integer("messages", 1_000_000);
    int reads = parameters.integer("reads", 40);
    try (Lab lab = Lab.open(Read.NO_LIMIT);
        Api api = lab.api()) {
      long campaign = Read.campaign(lab, lab.workspaceId(), messages);
      String token = api.post("token", Map.of()).path("token").asText();
      CampaignAnalyticsServiceBlockingStub analytics =
          CampaignAnalyticsServiceGrpc.newBlockingStub(
                  lab.channel(lab.herald().ports().analytics()))
              .withCallCredentials(BearerToken.of(token));
      ListMessagesRequest.Builder request =
          ListMessagesRequest.newBuilder().setCampaignId(campaign).setPageSize(PAGE);
      Timestamp start =
          analytics.listMessages(request.build()).getMessages(0).getEvidence(0).getTime();
      // Late in the campaign: what comes before it is most of it.
      Timestamp late =
          start.toBuilder().setSeconds(start.getSeconds() + messages / 1000 * 9L / 10).build();
      double slowest = 0;
      double slowestP99 = 0;
      Map<String, MessageFilter.Builder> filters = filters(late);
      for (Map.Entry<String, MessageFilter.Builder> filter : filters.entrySet()) {
        ListMessagesRequest page = request.setFilter(filter.getValue()).build();
        double[] millis = new double[reads];
        for (int i = -WARM_UP; i < reads; i++) {
          long begin = System.nanoTime();
          analytics.withDeadlineAfter(30, TimeUnit.SECONDS).listMessages(page);
          if (i >= 0) {
            millis[i] = (System.nanoTime() - begin) / 1e6;
          }
        }
        double median = Figures.median(millis);
        System.err.printf("%8.1f ms  %s%n", median, filter.getKey());
        slowest = Math.max(slowest, median);
        slowestP99 = Math.max(slowestP99, Figures.percentile(millis, 0.99));
      }
      return new Figures()
          .add("slowest_first_page_ms", slowest)
          .add("slowest_p99_ms", slowestP99)
          .add("filters", filters.size())
          .map();
    }
  }

  // Also such that hold nobody: a page that finds nothing must not look at everyone.
  private static Map<String, MessageFilter.Builder> filters(Timestamp late) {
    Map<String, MessageFilter.Builder> filters = new LinkedHashMap<>();
    filters.put("none", MessageFilter.newBuilder());
    for (Bucket bucket : Bucket.values()) {
      if (bucket != Bucket.BUCKET_UNSPECIFIED && bucket != Bucket.UNRECOGNIZED) {
        filters.put(bucket.name(), MessageFilter.newBuilder().addBuckets(bucket));
      }
    }
    filters.put("a code", MessageFilter.newBuilder().addFailureCodes(131026));
    filters.put("a code of nobody", MessageFilter.newBuilder().addFailureCodes(131049));
    filters.put("a country", MessageFilter.newBuilder().addCountries("BR"));
    filters.put("a country of nobody", MessageFilter.newBuilder().addCountries("FR"));
    filters.put(
        "failed in a country",
        MessageFilter.newBuilder().addCountries("BR").addBuckets(Bucket.BUCKET_FAILED));
    filters.put(
        "delivered, not read",
        MessageFilter.newBuilder()
            .addWithEvidence(EvidenceKind.DELIVERED)
            .addWithoutEvidence(EvidenceKind.READ));
    filters.put("replied", MessageFilter.newBuilder().addWithEvidence(EvidenceKind.REPLIED));
    filters.put("contradictions", MessageFilter.newBuilder().setAnomaliesOnly(true));
    filters.put("opted out", MessageFilter.newBuilder().addSkipReasons(SkipReason.OPTED_OUT));
    filters.put("late", MessageFilter.newBuilder().setStartTime(late));
    filters.put("not late", MessageFilter.newBuilder().setEndTime(late));
    filters.put(
        "late, delivered, in a country",
        MessageFilter.newBuilder()
            .setStartTime(late)
            .addCountries("DE")
            .addBuckets(Bucket.BUCKET_DELIVERED));
    return filters;
  }
}
