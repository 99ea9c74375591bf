package dev.herald.benchmarks;

import dev.herald.simulator.Simulator;
import dev.herald.simulator.journal.Attempts.Rate;
import dev.herald.standalone.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How evenly one channel is driven at its limit, as messages leave this process and as they reach
 * the simulator; and how near twenty channels together come to a program that does nothing but post
 * the same messages.
 */
final class Dispatch implements Benchmark {
  private static final int LIMIT = 1000;
  private static final int CHANNELS = 20;
  private static final int BARE_CALLERS = 64;
  private static final long SECOND_MICROS = 1_000_000;

  @Override
  public String name() {
    return "dispatch";
  }

  @Override
  public String description() {
    return "seconds=20 messages=40000: sustained_per_s and worst_window_per_s of one channel at"
        + " 1,000/s, as it leaves and as it arrives; ratio_to_bare_client with 20 channels";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int seconds = parameters.integer("seconds", 20);
    int messages = parameters.integer("messages", 40_000);
    Map<String, String> settings =
        Map.of(
            "HERALD_SIMULATOR_PHONE_NUMBERS", Integer.toString(CHANNELS + 1),
            "HERALD_SIMULATOR_THROUGHPUT", "100000",
            "HERALD_SIMULATOR_ANSWER_LATENCY", "20ms",
            "HERALD_SIMULATOR_SILENCE_RATE", "1");
    try (Lab lab = Lab.open(settings);
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      Campaigns campaigns = Campaigns.of(api);
      Simulator simulator = lab.herald().simulator();
      oneChannel(campaigns, simulator, "warm-up", 3 * LIMIT);
      Rate left;
      Rate arrived;
      try (Departures departures = new Departures(URI.create(simulator.url()).getPort())) {
        arrived = oneChannel(campaigns, simulator, "one channel", seconds * LIMIT);
        left = Rate.of(departures.stop(), SECOND_MICROS);
      }
      if (left.count() != arrived.count()) {
        throw new IllegalStateException(left.count() + " left, but " + arrived.count() + " came.");
      }
      double sustained = (arrived.count() - 1) * 1e6 / (arrived.lastAt() - arrived.firstAt());
      double bare = bareClient(simulator, api, messages);
      double many = manyChannels(campaigns, api, simulator, messages);
      return new Figures()
          .add("sustained_per_s", sustained)
          .add("worst_window_per_s", left.worstWindow())
          .add("worst_window_at_receiver_per_s", arrived.worstWindow())
          .add("bare_client_per_s", Math.round(bare))
          .add("twenty_channels_per_s", Math.round(many))
          .add("ratio_to_bare_client", many / bare)
          .map();
    }
  }

  private static Rate oneChannel(
      Campaigns campaigns, Simulator simulator, String label, int messages) {
    String channelId = campaigns.firstChannel();
    campaigns.rate(channelId, LIMIT);
    String id = campaigns.draft("Benchmark " + label, channelId, campaigns.template(channelId));
    campaigns.upload(id, 0, messages);
    long since = nowMicros();
    campaigns.launch(id);
    campaigns.awaitSent(List.of(id), label);
    return simulator.record().attempts().rate(0, true, since, SECOND_MICROS);
  }

  private static double manyChannels(
      Campaigns campaigns, Api api, Simulator simulator, int messages) {
    List<String> ids = new ArrayList<>();
    int each = messages / CHANNELS;
    for (int i = 1; i <= CHANNELS; i++) {
      String channelId = connect(api, simulator, i);
      String id =
          campaigns.draft("Benchmark channel " + i, channelId, campaigns.template(channelId));
      campaigns.upload(id, i * each, each);
      ids.add(id);
    }
    long begin = System.nanoTime();
    ids.forEach(campaigns::launch);
    campaigns.awaitSent(ids, "twenty channels");
    return each * CHANNELS / ((System.nanoTime() - begin) / 1e9);
  }

  private static String connect(Api api, Simulator simulator, int number) {
    String channelId =
        api.post(
                "channels",
                Map.of(
                    "name",
                    "Benchmark " + number,
                    "phoneNumberId",
                    simulator.phoneNumberId(number),
                    "wabaId",
                    simulator.config().businessAccountId(),
                    "accessToken",
                    simulator.config().app().accessTokens().iterator().next(),
                    "rate",
                    LIMIT,
                    "simulated",
                    true))
            .path("id")
            .asText();
    api.post("channels/" + channelId + ":syncTemplates", Map.of());
    return channelId;
  }

  /** Messages a second of a loop that only posts and waits for the answer. */
  private static double bareClient(Simulator simulator, Api api, int messages)
      throws InterruptedException, ExecutionException {
    Campaigns campaigns = Campaigns.of(api);
    String name =
        api.get("templates/" + campaigns.template(campaigns.firstChannel())).path("name").asText();
    URI address =
        URI.create(simulator.url() + "/v26.0/" + simulator.phoneNumberId(0) + "/messages");
    String token = simulator.config().app().accessTokens().iterator().next();
    AtomicInteger next = new AtomicInteger();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      long begin = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < BARE_CALLERS; i++) {
        running.add(callers.submit(() -> post(http, address, token, name, next, messages)));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
      return messages / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static void post(
      HttpClient http, URI address, String token, String name, AtomicInteger next, int messages) {
    try {
      for (int i = next.getAndIncrement(); i < messages; i = next.getAndIncrement()) {
        String body =
            """
            {"messaging_product":"whatsapp","recipient_type":"individual","to":"+9199%08d",\
            "type":"template","template":{"name":"%s","language":{"code":"en_US"},"components":[\
            {"type":"body","parameters":[{"type":"text","text":"Guest %d"}]}]}}\
            """
                .formatted(i, name, i);
        HttpRequest request =
            HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        http.send(request, BodyHandlers.ofByteArray());
      }
    } catch (IOException e) {
      throw new IllegalStateException("The simulator did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
