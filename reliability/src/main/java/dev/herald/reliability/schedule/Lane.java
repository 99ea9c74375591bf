package dev.herald.reliability.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.reliability.client.Acknowledgements;
import dev.herald.reliability.client.Client;
import dev.herald.reliability.client.WhatsApp;
import dev.herald.reliability.oracle.Oracle;
import dev.herald.reliability.oracle.Violation;
import dev.herald.reliability.stack.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** An installation on which schedules run one after the other. */
public final class Lane implements AutoCloseable {
  private static final long MONEY = 1_000_000_000_000L;
  private static final int PHONES = 1000;
  private static final Duration WALLET = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Installation installation;
  private final Path folder;
  private final Client client;
  private final WhatsApp whatsapp;
  private final Acknowledgements acknowledgements;
  private final Oracle oracle;
  private final ScheduleRun.Stage stage;
  private long nextPhone;

  private Lane(Installation installation, Path folder) throws IOException {
    this.installation = installation;
    this.folder = folder;
    this.client = new Client(installation.http(), installation.api(), Installation.API_KEY);
    this.whatsapp = new WhatsApp(installation.http(), installation.whatsapp());
    this.acknowledgements = Acknowledgements.open(acknowledgementFile());
    this.oracle = new Oracle(installation.journal(), acknowledgementFile());
    this.stage = prepare();
  }

  public static Lane open(Path folder) throws IOException {
    return open(folder, Map.of());
  }

  /** With settings for all services on top of those they need. */
  public static Lane open(Path folder, Map<String, String> extra) throws IOException {
    Files.createDirectories(folder);
    Installation installation = Installation.start(folder, extra);
    try {
      return new Lane(installation, folder);
    } catch (RuntimeException | IOException e) {
      installation.close();
      throw e;
    }
  }

  public Installation installation() {
    return installation;
  }

  public Client client() {
    return client;
  }

  public WhatsApp whatsapp() {
    return whatsapp;
  }

  public Path folder() {
    return folder;
  }

  public Path acknowledgementFile() {
    return folder.resolve("acknowledged");
  }

  ScheduleRun.Result run(Schedule schedule) throws Exception {
    return scheduled(schedule).run();
  }

  private ScheduleRun scheduled(Schedule schedule) {
    long first = nextPhone;
    nextPhone += Math.max(PHONES, schedule.audience());
    return new ScheduleRun(
        installation, client, whatsapp, acknowledgements, oracle, stage, schedule, first);
  }

  /** A launched campaign, with nothing done to it. */
  public String campaign(String name, boolean api, int audience, int rate) {
    Schedule schedule = new Schedule(0, api, audience, rate, "", 0, List.of());
    return scheduled(schedule).launched(name);
  }

  /** Waits until everybody was attempted and WhatsApp has nothing left to say. */
  public void awaitSent(String campaign) {
    scheduled(new Schedule(0, false, 0, 1, "", 0, List.of())).awaitRest(campaign);
  }

  /** Judges every campaign there has been, once more. */
  public List<Violation> judgeAll() throws Exception {
    try (Connection database = installation.postgres().snapshot()) {
      return oracle.judge(database, campaign -> true);
    }
  }

  private ScheduleRun.Stage prepare() {
    awaitWallet();
    client.post(
        "wallet:topUp",
        Map.of("amount", Map.of("currency", "USD", "micros", Long.toString(MONEY))),
        "money");
    acknowledgements.add("top_up", Map.of("request", "money", "micros", MONEY));
    String channel =
        client
            .post(
                "channels",
                Map.of(
                    "name", "Number under fire",
                    "phoneNumberId", "200000000000001",
                    "wabaId", "100000000000001",
                    "accessToken", Installation.accessToken(),
                    "simulated", true),
                "channel")
            .path("id")
            .asText();
    client.post("channels/" + channel + ":syncTemplates", Map.of(), "");
    for (JsonNode template :
        client.get("templates?channelId=" + channel + "&statuses=APPROVED").path("templates")) {
      if (template.path("category").asText().equals("MARKETING")
          && template.path("placeholders").size() == 1) {
        return new ScheduleRun.Stage(channel, template.path("id").asText());
      }
    }
    throw new IllegalStateException("There is no approved marketing template");
  }

  // The gateway tells the services of its first workspace when it and they are up.
  private void awaitWallet() {
    long deadline = System.nanoTime() + WALLET.toNanos();
    while (true) {
      try {
        client.get("wallet");
        return;
      } catch (Client.RefusedException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  @Override
  public void close() throws IOException {
    acknowledgements.close();
    installation.close();
  }
}
