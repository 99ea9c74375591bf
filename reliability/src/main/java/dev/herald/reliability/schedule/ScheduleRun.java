package dev.herald.reliability.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.reliability.client.Acknowledgements;
import dev.herald.reliability.client.Client;
import dev.herald.reliability.client.WhatsApp;
import dev.herald.reliability.oracle.Oracle;
import dev.herald.reliability.oracle.Violation;
import dev.herald.reliability.stack.Installation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** One schedule on a running installation: the campaign, the faults, and the judgement. */
final class ScheduleRun {
  private static final Duration FINISH = Duration.ofSeconds(120);
  private static final Duration REST = Duration.ofSeconds(60);
  private static final int CALLERS = 6;

  private final Installation installation;
  private final Client client;
  private final WhatsApp whatsapp;
  private final Acknowledgements acknowledgements;
  private final Oracle oracle;
  private final Stage stage;
  private final Schedule schedule;
  private final long firstPhone;
  private final StringBuilder marks = new StringBuilder();
  private long begin;

  /**
   * What every campaign needs.
   *
   * @param template an approved one with one parameter
   */
  record Stage(String channel, String template) {}

  /** What came of it. */
  record Result(
      Schedule schedule,
      String campaign,
      List<Fault> injected,
      List<Violation> violations,
      String times) {}

  ScheduleRun(
      Installation installation,
      Client client,
      WhatsApp whatsapp,
      Acknowledgements acknowledgements,
      Oracle oracle,
      Stage stage,
      Schedule schedule,
      long firstPhone) {
    this.installation = installation;
    this.client = client;
    this.whatsapp = whatsapp;
    this.acknowledgements = acknowledgements;
    this.oracle = oracle;
    this.stage = stage;
    this.schedule = schedule;
    this.firstPhone = firstPhone;
  }

  Result run() throws Exception {
    begin = System.nanoTime();
    installation.restartDelay(new Random(schedule.seed()));
    whatsapp.behave(Injector.WELL);
    client.patch("channels/" + stage.channel(), Map.of("rate", schedule.rate()));
    List<Fault> points =
        schedule.faults().stream().filter(it -> it.kind() == FaultKind.CRASH_POINT).toList();
    points.forEach(point -> Injector.arm(installation, point));

    String campaign = prepare();
    mark("prepared");
    Injector injector = new Injector(installation, whatsapp, campaign);
    List<Fault> injected;
    try {
      launch(campaign);
      mark("launched");
      injector.start(schedule.faults());
      Thread interruption = Thread.ofVirtual().start(() -> interrupt(campaign));
      if (schedule.api()) {
        trigger(campaign);
      }
      interruption.join();
      awaitEnd(campaign);
      mark("ended");
    } finally {
      injected = new ArrayList<>(injector.finish());
      mark("healed");
    }
    awaitEnd(campaign);
    List<Violation> violations = judge(campaign);
    mark("judged");
    for (Fault point : points) {
      if (Injector.disarm(installation, point)) {
        injected.add(point);
      }
    }
    return new Result(schedule, campaign, injected, violations, marks.toString());
  }

  /** The campaign alone, launched. */
  String launched(String name) {
    client.patch("channels/" + stage.channel(), Map.of("rate", schedule.rate()));
    String campaign = prepare();
    client.patch("campaigns/" + campaign, Map.of("name", name));
    launch(campaign);
    return campaign;
  }

  /** Until the campaign is over and everything about it has been told. */
  void awaitRest(String campaign) {
    awaitEnd(campaign);
    if (!whatsapp.awaitQuiet(REST)) {
      throw new IllegalStateException("WhatsApp has more to say, and nobody listens");
    }
  }

  // After a crash in its midst an upload blocks its draft for a minute. Nobody waits for that:
  // there
  // is another draft.
  private String prepare() {
    for (int draft = 0; ; draft++) {
      try {
        return create(draft);
      } catch (Client.RefusedException e) {
        if (draft == 3 || !e.reason().equals("AUDIENCE_IMPORT_RUNNING")) {
          throw e;
        }
      }
    }
  }

  private String create(int draft) {
    String type = schedule.api() ? "API" : "BROADCAST";
    String campaign =
        client
            .post(
                "campaigns",
                Map.of(
                    "name",
                    "Schedule " + schedule.seed() + " " + firstPhone + " " + draft,
                    "type",
                    type,
                    "channelId",
                    stage.channel(),
                    "content",
                    Map.of("template", Map.of("templateId", stage.template()))),
                "create-" + firstPhone + "-" + draft)
            .path("id")
            .asText();
    acknowledgements.add("created", Map.of("campaign", Long.parseLong(campaign), "type", type));
    if (!schedule.api()) {
      List<Long> phones = new ArrayList<>();
      StringBuilder csv = new StringBuilder("phone,name,first_name,store\n");
      for (int i = 0; i < schedule.audience(); i++) {
        phones.add(phone(i));
        csv.append('+').append(phone(i)).append(",Guest ").append(i).append(",Guest,North\n");
      }
      client.csv("campaigns/" + campaign + "/audience", csv.toString());
      acknowledgements.add(
          "audience", Map.of("campaign", Long.parseLong(campaign), "phones", phones));
    }
    return campaign;
  }

  // Numbers of their own for every schedule, so that a message to a stranger would be noticed.
  private long phone(int i) {
    long number = firstPhone + i;
    return i % 3 == 0 ? 5_521_980_000_000L + number : 919_800_000_000L + number;
  }

  private void launch(String campaign) {
    try {
      client.post("campaigns/" + campaign + ":launch", Map.of(), "launch-" + campaign);
    } catch (Client.RefusedException e) {
      // The first answer was lost; when it was asked again, the campaign had come to its end
      // already.
      if (!e.reason().equals("ILLEGAL_TRANSITION") || !status(campaign).equals("SENT")) {
        throw e;
      }
    }
    acknowledgements.add("launched", Map.of("campaign", Long.parseLong(campaign)));
  }

  private void trigger(String campaign) throws Exception {
    try (ExecutorService callers =
        Executors.newFixedThreadPool(CALLERS, Thread.ofVirtual().factory())) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < schedule.audience(); i++) {
        int recipient = i;
        calls.add(callers.submit(() -> trigger(campaign, recipient)));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
  }

  private void trigger(String campaign, int i) {
    String request = "trigger-" + campaign + "-" + i;
    JsonNode answer = triggered(campaign, i, request);
    // Asked again, it must be told the same, not do it twice.
    JsonNode result =
        (i % 5 == 0 ? triggered(campaign, i, request) : answer).path("results").path(0);
    if (!result.path("errorReason").asText("").isEmpty()) {
      throw new IllegalStateException("An API call was refused: " + result);
    }
    acknowledgements.add(
        "triggered",
        Map.of(
            "campaign", Long.parseLong(campaign),
            "request", request,
            "ordinal", answer.path("results").path(0).path("ordinal").asInt(),
            "phone", phone(i)));
  }

  private JsonNode triggered(String campaign, int i, String request) {
    return client.post(
        "campaigns/" + campaign + ":trigger",
        Map.of(
            "recipients",
            List.of(
                Map.of(
                    "phone", "+" + phone(i),
                    "name", "Guest " + i,
                    "parameters", Map.of("body.1", "Guest")))),
        request);
  }

  private void interrupt(String campaign) {
    if (schedule.interruption().isEmpty()) {
      return;
    }
    LockSupport.parkNanos(Duration.ofMillis(schedule.interruptMillis()).toNanos());
    Map<String, ?> which = Map.of("campaign", Long.parseLong(campaign));
    try {
      JsonNode halted =
          client.post("campaigns/" + campaign + ":" + schedule.interruption(), Map.of(), "");
      boolean quiet = halted.path("inFlight").asInt() == 0;
      if (schedule.interruption().equals("stop")) {
        acknowledgements.add(quiet ? "stopped" : "stopping", which);
      } else {
        if (quiet) {
          acknowledgements.add("paused", which);
        }
        LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
        acknowledgements.add("resuming", which);
        client.post("campaigns/" + campaign + ":resume", Map.of(), "");
      }
    } catch (Client.RefusedException e) {
      if (!status(campaign).equals("SENT")) {
        throw e;
      }
      // It was over before.
    }
  }

  private void mark(String what) {
    marks.append(" %s %.1f".formatted(what, (System.nanoTime() - begin) / 1e9));
  }

  private String status(String campaign) {
    return client.get("campaigns/" + campaign).path("status").asText();
  }

  /** Until it is over; what Herald has paused by itself, a person resumes. */
  private void awaitEnd(String campaign) {
    long deadline = System.nanoTime() + FINISH.toNanos();
    while (System.nanoTime() - deadline < 0) {
      String status = status(campaign);
      if (status.equals("SENT")
          || status.equals("STOPPED")
          || (schedule.api() && status.equals("LIVE"))) {
        return;
      }
      if (status.equals("PAUSED")) {
        acknowledgements.add("resuming", Map.of("campaign", Long.parseLong(campaign)));
        try {
          client.post("campaigns/" + campaign + ":resume", Map.of(), "");
        } catch (Client.RefusedException e) {
          // It was paused and resumed, or has ended, by somebody else meanwhile.
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    throw new IllegalStateException("Campaign " + campaign + " did not end");
  }

  /** What is on its way arrives; what is wrong when nothing moves any more is wrong. */
  private List<Violation> judge(String campaign) throws IOException, SQLException {
    long deadline = System.nanoTime() + REST.toNanos();
    long id = Long.parseLong(campaign);
    while (true) {
      boolean over = System.nanoTime() - deadline > 0;
      boolean quiet = whatsapp.awaitQuiet(Duration.ofSeconds(5));
      try (Connection database = installation.postgres().snapshot()) {
        List<Violation> violations = oracle.judge(database, one -> one == id);
        if ((violations.isEmpty() && quiet) || over) {
          return violations;
        }
      }
      LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
    }
  }
}
