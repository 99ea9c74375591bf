package dev.herald.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.standalone.Api;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The whole way of a campaign on one machine: launched at 1,000 messages a second, sent to the
 * simulator, its webhooks taken in, counted and charged, until nobody is pending and nothing is
 * unknown but what WhatsApp itself keeps to itself.
 */
final class MainJob implements Benchmark {
  private static final int REPEATS = 3;
  private static final int RATE = 1000;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "main-job";
  }

  @Override
  public String description() {
    return "Launch to final figures at 1,000/s; audience=10000: messages_per_s (median of "
        + REPEATS
        + "), growth (time for 10 times the audience / 10 times the time), heap_mib";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws IOException {
    int audience = parameters.integer("audience", 10_000);
    try (Lab lab = Lab.open(Lab.PROMPT_WHATSAPP);
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      Campaigns campaigns = Campaigns.of(api);
      String channelId = campaigns.firstChannel();
      campaigns.rate(channelId, RATE);
      String templateId = campaigns.template(channelId);
      measure(campaigns, channelId, templateId, "warm-up", Math.max(1000, audience / 10));
      double[] seconds = new double[REPEATS];
      for (int i = 0; i < REPEATS; i++) {
        seconds[i] = measure(campaigns, channelId, templateId, "run " + (i + 1), audience);
      }
      double median = Figures.median(seconds);
      double tenfold = measure(campaigns, channelId, templateId, "tenfold", audience * 10);
      return new Figures()
          .add("messages_per_s", Math.round(audience / median))
          .add("growth", tenfold / (10 * median))
          .add("heap_mib", liveHeapMib())
          .map();
    }
  }

  /** Seconds from launch until every figure is final. */
  private static double measure(
      Campaigns campaigns, String channelId, String templateId, String label, int audience) {
    System.err.printf("%s: %d recipients: upload%n", label, audience);
    String id = campaigns.draft("Benchmark " + label, channelId, templateId);
    campaigns.upload(id, 0, audience);
    long begin = System.nanoTime();
    campaigns.launch(id);
    campaigns.awaitSent(List.of(id), label);
    awaitNews(campaigns, id);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.err.printf(Locale.ROOT, "%s: %.2f s%n", label, seconds);
    return seconds;
  }

  static void awaitNews(Campaigns campaigns, String id) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    JsonNode analytics = campaigns.analytics(id);
    while (analytics.path("pending").asInt() > 0 || analytics.path("accepted").asInt() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Some messages were never heard of: " + analytics);
      }
      LockSupport.parkNanos(POLL.toNanos());
      analytics = campaigns.analytics(id);
    }
  }

  /** What the heap held after a full collection. */
  private static long liveHeapMib() {
    System.gc();
    long bytes =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
            .mapToLong(MainJob::afterCollection)
            .sum();
    return bytes >> 20;
  }

  private static long afterCollection(MemoryPoolMXBean pool) {
    return pool.getCollectionUsage().getUsed();
  }
}
