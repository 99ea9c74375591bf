package dev.herald.benchmarks;

import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.LinkCodec.Link;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.standalone.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * People open tracked links at a steady rate: how long each waits for the answer that sends them
 * on, the opening being durable before it. Beside it, at the same rate, the gateway's answer to
 * nothing at all.
 */
final class Redirect implements Benchmark {
  private static final String TARGET = "https://shop.example/offer";
  private static final String PHONE =
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
  private static final int LOT = 20_261_101;

  @Override
  public String name() {
    return "redirect";
  }

  @Override
  public String description() {
    return "Tracked links opened, each by somebody else; opened=20000 rate=500: p50_ms, p99_ms,"
        + " healthz_p99_ms at the same rate, p99_ratio_to_healthz";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int opened = parameters.integer("opened", 20_000);
    int rate = parameters.integer("rate", 500);
    try (Lab lab = Lab.open(Map.of());
        Api api = lab.api();
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      lab.herald().prepareFirstLook();
      long campaign = launched(api);
      LinkCodec codec = new LinkCodec(List.of(lab.herald().messageKeySecret()));
      List<URI> links = new ArrayList<>();
      List<URI> nothing = new ArrayList<>();
      for (int ordinal = 0; ordinal < opened; ordinal++) {
        String token = codec.encode(new Link(new MessageKey(campaign, ordinal, "IN", LOT), 0));
        links.add(lab.herald().address().resolve("/l/" + token));
        nothing.add(lab.herald().address().resolve("/healthz"));
      }
      visit(http, nothing.subList(0, opened / 10), rate, 200);
      visit(http, links.subList(0, opened / 10), rate, 302);
      double[] bare = visit(http, nothing, rate, 200);
      double[] redirects = visit(http, links, rate, 302);
      double p99 = Figures.percentile(redirects, 0.99);
      double bareP99 = Figures.percentile(bare, 0.99);
      return new Figures()
          .add("p50_ms", Figures.median(redirects))
          .add("p99_ms", p99)
          .add("healthz_p99_ms", bareP99)
          .add("p99_ratio_to_healthz", p99 / bareP99)
          .map();
    }
  }

  // Nobody is there to get it: the links are made here.
  private static long launched(Api api) {
    Campaigns campaigns = Campaigns.of(api);
    String channel = campaigns.firstChannel();
    String template = campaigns.template(channel);
    String placeholder = api.get("templates/" + template).path("placeholders").path(0).asText();
    String id =
        api.post(
                "campaigns",
                Map.of(
                    "name",
                    "Benchmark redirect",
                    "type",
                    "BROADCAST",
                    "channelId",
                    channel,
                    "content",
                    Map.of(
                        "template",
                        Map.of(
                            "templateId",
                            template,
                            "parameters",
                            List.of(
                                Map.of(
                                    "placeholder", placeholder, "text", TARGET, "track", true))))))
            .path("id")
            .asText();
    campaigns.upload(id, 0, 1);
    campaigns.launch(id);
    campaigns.awaitSent(List.of(id), "launch");
    return Long.parseLong(id);
  }

  /** Milliseconds of each; every visit begins when it is due, whatever became of the others. */
  private static double[] visit(HttpClient http, List<URI> addresses, int rate, int expected)
      throws Exception {
    double[] millis = new double[addresses.size()];
    List<Future<?>> visits = new ArrayList<>();
    long begin = System.nanoTime();
    try (ExecutorService visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < addresses.size(); i++) {
        long due = begin + i * 1_000_000_000L / rate;
        while (due - System.nanoTime() > 0) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        int position = i;
        visits.add(
            visitors.submit(
                () -> {
                  millis[position] = visit(http, addresses.get(position), expected);
                  return null;
                }));
      }
      for (Future<?> visit : visits) {
        visit.get();
      }
    }
    return millis;
  }

  private static double visit(HttpClient http, URI address, int expected)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).header("User-Agent", PHONE).build();
    long begin = System.nanoTime();
    HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
    if (answer.statusCode() != expected) {
      throw new IllegalStateException(address + " answered " + answer.statusCode());
    }
    return (System.nanoTime() - begin) / 1e6;
  }
}
