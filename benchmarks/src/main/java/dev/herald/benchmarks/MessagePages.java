package dev.herald.benchmarks;

import dev.herald.standalone.Api;
import java.util.List;
import java.util.Map;

/** How long the first page of recipients takes over HTTP, for every kind of filter. */
final class MessagePages implements Benchmark {
  private static final List<String> FILTERS =
      List.of(
          "",
          "filter.buckets=BUCKET_SENT",
          "filter.buckets=BUCKET_DELIVERED",
          "filter.buckets=BUCKET_READ",
          "filter.buckets=BUCKET_FAILED",
          // Nobody is in these: a page that finds nothing must not look at everyone.
          "filter.buckets=BUCKET_UNCONFIRMED",
          "filter.buckets=BUCKET_SKIPPED",
          "filter.failureCodes=131026",
          "filter.failureCodes=131049",
          "filter.countries=BR",
          "filter.countries=FR",
          "filter.countries=BR&filter.buckets=BUCKET_FAILED",
          "filter.withEvidence=READ",
          "filter.withEvidence=REPLIED",
          "filter.withEvidence=DELIVERED&filter.withoutEvidence=READ",
          "filter.anomaliesOnly=true",
          "filter.startTime=%1$s",
          "filter.endTime=%1$s",
          "filter.startTime=%1$s&filter.countries=DE&filter.buckets=BUCKET_DELIVERED");

  @Override
  public String name() {
    return "message-pages";
  }

  @Override
  public String description() {
    return "First page of GET messages; messages=1000000 reads=40: slowest_first_page_ms (median of"
        + " the slowest filter), slowest_p99_ms, filters";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int messages = parameters.integer("messages", 1_000_000);
    int reads = parameters.integer("reads", 40);
    try (Lab lab = Lab.open(Read.NO_LIMIT);
        Api api = lab.api()) {
      long campaign = Read.campaign(lab, lab.workspaceId(), messages);
      // Late in the campaign: what comes before it is most of it.
      String late =
          api.get("campaigns/" + campaign + "/messages?pageSize=1")
              .path("messages")
              .path(0)
              .path("evidence")
              .path(0)
              .path("time")
              .asText();
      late = java.time.Instant.parse(late).plusSeconds(messages / 1000 * 9L / 10).toString();
      double slowest = 0;
      double slowestP99 = 0;
      for (String filter : FILTERS) {
        String query = filter.formatted(late);
        String path = "campaigns/" + campaign + "/messages?pageSize=50&" + query;
        double[] millis = new double[reads];
        for (int i = -5; i < reads; i++) {
          long begin = System.nanoTime();
          api.get(path);
          if (i >= 0) {
            millis[i] = (System.nanoTime() - begin) / 1e6;
          }
        }
        double median = Figures.median(millis);
        System.err.printf("%8.1f ms  %s%n", median, query.isEmpty() ? "no filter" : query);
        slowest = Math.max(slowest, median);
        slowestP99 = Math.max(slowestP99, Figures.percentile(millis, 0.99));
      }
      return new Figures()
          .add("slowest_first_page_ms", slowest)
          .add("slowest_p99_ms", slowestP99)
          .add("filters", FILTERS.size())
          .map();
    }
  }
}
