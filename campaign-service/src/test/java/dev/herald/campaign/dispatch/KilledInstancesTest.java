package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.herald.analytics.v1.Bucket;
import dev.herald.campaign.CampaignConfig;
import dev.herald.campaign.CampaignServiceMain;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.process.FreePorts;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Several processes on one database: never two drive a channel, and {@code kill -9} of the one that
 * does moves it to another within the lease time, with at most a window of messages in doubt.
 */
class KilledInstancesTest {
  private static final int PEOPLE = 2500;
  private static final int RATE = 250;
  // Usually 50 messages; on a machine that cannot keep up never more than a second's worth.
  private static final int WINDOW = RATE;
  private static final int KILLS = 2;
  private static final Duration LEASE = Duration.ofSeconds(2);

  @Test
  void aKilledOwnerLosesTheChannelAndNobodyGetsTwoMessages() throws IOException {
    HttpServer jwks = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    Map<Integer, Process> processes = new LinkedHashMap<>();
    try (Stage stage = Stage.open(1000)) {
      byte[] keys = stage.tokens.publicKeys().toString().getBytes(StandardCharsets.UTF_8);
      jwks.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
          });
      jwks.start();
      Channel channel = stage.readyChannel(RATE);
      Campaign draft =
          stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
      stage.upload(draft.getId(), Stage.people(PEOPLE, "first_name"));
      stage.stopInstances();
      // All of them before the first message: a slow machine takes long to start a process.
      for (int i = 0; i <= KILLS; i++) {
        start(stage, jwks, processes);
      }
      processes.keySet().forEach(port -> Awaitility.await().until(() -> answers(stage, port)));
      stage.launch(draft.getId());

      int kills = 0;
      String owner = "";
      while (kills < KILLS) {
        owner = awaitNewOwner(stage, owner);
        long taken = stage.takenCount(draft.getId());
        Awaitility.await().until(() -> stage.takenCount(draft.getId()) > taken + RATE / 4);
        assertThat(stage.get(draft.getId()).getStatus()).isEqualTo(CampaignStatus.LIVE);
        kill(stage, owner, processes);
        kills++;
      }
      stage.awaitStatus(draft.getId(), CampaignStatus.SENT);

      assertThat(stage.taken(draft.getId()).values()).allMatch(times -> times == 1);
      Awaitility.await().until(() -> stage.analytics.messages(draft.getId()).size() == PEOPLE);
      Map<Bucket, Integer> buckets = stage.analytics.buckets(draft.getId());
      int unconfirmed = buckets.getOrDefault(Bucket.BUCKET_UNCONFIRMED, 0);
      assertThat(unconfirmed).isLessThanOrEqualTo(kills * WINDOW);
      assertThat(unconfirmed + buckets.getOrDefault(Bucket.BUCKET_ACCEPTED, 0)).isEqualTo(PEOPLE);
      assertThat(stage.taken(draft.getId()).size()).isGreaterThanOrEqualTo(PEOPLE - unconfirmed);
    } finally {
      processes.values().forEach(Process::destroyForcibly);
      jwks.stop(0);
    }
  }

  private static void start(Stage stage, HttpServer jwks, Map<Integer, Process> processes)
      throws IOException {
    CampaignConfig config = stage.config();
    int port = FreePorts.next();
    Map<String, String> environment = new HashMap<>();
    environment.put("HERALD_DB_URL", config.database().url());
    environment.put("HERALD_DB_USER", config.database().user());
    environment.put("HERALD_DB_PASSWORD", config.database().password().value());
    environment.put("HERALD_GRPC_PORT", Integer.toString(port));
    environment.put("HERALD_OPS_PORT", "0");
    environment.put("HERALD_ANALYTICS_TARGET", config.analyticsTarget());
    environment.put("HERALD_BILLING_TARGET", config.billingTarget());
    environment.put("HERALD_JWKS_URL", "http://127.0.0.1:" + jwks.getAddress().getPort() + "/");
    environment.put("HERALD_SERVICE_SECRET", config.serviceSecret().value());
    environment.put("HERALD_MESSAGE_KEY_SECRET", config.messageKeySecrets().getFirst().value());
    environment.put("HERALD_ENCRYPTION_KEY", Stage.ENCRYPTION_KEY);
    environment.put("HERALD_WHATSAPP_BASE_URL", stage.simulator.url());
    environment.put("HERALD_SIMULATOR_URL", stage.simulator.url());
    environment.put("HERALD_WHATSAPP_SEND_TIMEOUT", "2s");
    environment.put("HERALD_DISPATCH_LEASE", LEASE.toSeconds() + "s");
    environment.put("HERALD_DISPATCH_GRACE", "1s");
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            CampaignServiceMain.class.getName());
    builder.environment().putAll(environment);
    processes.put(port, builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start());
  }

  private static boolean answers(Stage stage, int port) {
    try {
      stage.connect(port);
      stage
          .channels()
          .listChannels(dev.herald.campaign.v1.ListChannelsRequest.getDefaultInstance());
      return true;
    } catch (io.grpc.StatusRuntimeException e) {
      return false;
    }
  }

  private static String awaitNewOwner(Stage stage, String before) {
    return Awaitility.await()
        .until(() -> owner(stage), owner -> !owner.isEmpty() && !owner.equals(before));
  }

  private static String owner(Stage stage) {
    return stage.query(
        handle ->
            handle
                .createQuery("select owner from channel_lease where expires_at > now()")
                .mapTo(String.class)
                .findOne()
                .orElse(""));
  }

  // Instances name themselves by their process in the lease.
  private static void kill(Stage stage, String owner, Map<Integer, Process> processes) {
    for (Map.Entry<Integer, Process> one : Map.copyOf(processes).entrySet()) {
      if (owner.endsWith("/" + one.getValue().pid())) {
        one.getValue().destroyForcibly();
        processes.remove(one.getKey());
        Awaitility.await().until(() -> !one.getValue().isAlive());
        stage.connect(processes.keySet().iterator().next());
        return;
      }
    }
    throw new AssertionError("Nobody we started owns the channel: " + owner);
  }
}
