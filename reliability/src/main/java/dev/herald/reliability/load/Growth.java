package dev.herald.reliability.load;

import dev.herald.kafka.KafkaBroker;
import dev.herald.reliability.client.StatusWebhooks;
import dev.herald.reliability.schedule.Lane;
import dev.herald.reliability.stack.Fleet;
import dev.herald.runtime.process.FreePorts;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The same statuses posted to one of each service with the webhook log in PostgreSQL, and to two of
 * each with the log in Kafka: how many a second are merged, from the first post to the last commit.
 * On a machine that the first fills already there is nothing to gain; what must not happen is a
 * collapse, or a lag that stays.
 */
public final class Growth {
  private static final int AUDIENCE = 20_000;
  private static final int RATE = 1000;
  private static final int BODY = 200;
  private static final int CLIENTS = 8;
  private static final int SENT = 4;
  private static final int READ = 16;
  private static final double COLLAPSE = 0.5;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final List<String> MEASURED = List.of("delivered", "read");

  private Growth() {}

  /** Prints the figures; true unless the many are slower than half of the one. */
  public static boolean run(Path folder) throws Exception {
    double one;
    try (Lane lane = Lane.open(folder.resolve("one"))) {
      one = measure(lane, "one of each, PostgreSQL");
    }
    double two;
    Path kafka = folder.resolve("two");
    try (KafkaBroker broker =
            KafkaBroker.start(Files.createDirectories(kafka), FreePorts.next(), FreePorts.next());
        Lane lane =
            Lane.open(
                kafka,
                Map.of("HERALD_WEBHOOK_LOG", "kafka:" + broker.address() + "/herald.webhooks"));
        Fleet _ = Fleet.of(lane.installation(), 2)) {
      two = measure(lane, "two of each, Kafka");
    }
    System.out.printf(
        Locale.ROOT,
        "growth one_statuses_per_s=%.0f two_on_kafka_statuses_per_s=%.0f ratio=%.3f%n",
        one,
        two,
        two / one);
    return two / one >= COLLAPSE;
  }

  private static double measure(Lane lane, String label) throws Exception {
    // WhatsApp itself says nothing: all statuses are ours.
    lane.whatsapp().behave(Map.of("failure_rate", "0", "silence_rate", "1"));
    String campaign = lane.campaign("Growth", false, AUDIENCE, RATE);
    lane.awaitSent(campaign);
    StatusWebhooks webhooks = StatusWebhooks.of(lane.installation(), campaign, AUDIENCE);
    List<Integer> bodies = IntStream.range(0, AUDIENCE / BODY).boxed().toList();
    long begin;
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      // The first wave only warms up: the processes have just been started.
      post(http, webhooks, "sent", bodies);
      awaitMerged(lane, campaign, SENT);
      begin = System.nanoTime();
      for (String word : MEASURED) {
        post(http, webhooks, word, bodies);
      }
      awaitMerged(lane, campaign, READ);
    }
    double perSecond = MEASURED.size() * AUDIENCE / ((System.nanoTime() - begin) / 1e9);
    System.err.printf("%s: %.0f statuses a second%n", label, perSecond);
    return perSecond;
  }

  private static void post(
      HttpClient http, StatusWebhooks webhooks, String word, List<Integer> bodies)
      throws Exception {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(
            clients.submit(
                () -> {
                  for (int body = next.getAndIncrement();
                      body < bodies.size();
                      body = next.getAndIncrement()) {
                    int first = body * BODY;
                    List<Integer> ordinals = IntStream.range(first, first + BODY).boxed().toList();
                    acknowledged(http, webhooks, word, ordinals);
                  }
                  return null;
                }));
      }
      for (Future<?> client : running) {
        client.get();
      }
    }
  }

  private static void acknowledged(
      HttpClient http, StatusWebhooks webhooks, String word, List<Integer> ordinals)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(webhooks.request(word, ordinals), BodyHandlers.ofString());
    while (answer.statusCode() == 503) {
      LockSupport.parkNanos(POLL.toNanos());
      answer = http.send(webhooks.request(word, ordinals), BodyHandlers.ofString());
    }
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("A webhook was answered " + answer.statusCode());
    }
  }

  // Everything that was posted has been merged, so nothing is left to lag behind.
  private static void awaitMerged(Lane lane, String campaign, int evidence) throws SQLException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (Connection database = lane.installation().postgres().connect();
        PreparedStatement query =
            database.prepareStatement(
                "select count(*) from analytics.message where campaign_id = ? and evidence & "
                    + evidence
                    + " > 0")) {
      query.setLong(1, Long.parseLong(campaign));
      while (System.nanoTime() - end < 0) {
        try (ResultSet row = query.executeQuery()) {
          row.next();
          if (row.getInt(1) == AUDIENCE) {
            return;
          }
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
    throw new IllegalStateException("The statuses were not merged within " + PATIENCE);
  }
}
