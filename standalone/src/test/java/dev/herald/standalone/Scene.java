package dev.herald.standalone;

import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** A workspace that has been in use for a month, and is sending right now. */
final class Scene {
  /** A WhatsApp that answers as the real one, in a twentieth of the time, with nothing odd. */
  static final Map<String, String> CALM_WHATSAPP =
      Map.of(
          "HERALD_SIMULATOR_DUPLICATE_RATE", "0",
          "HERALD_SIMULATOR_DUPLICATE_POST_RATE", "0",
          "HERALD_SIMULATOR_REORDER_RATE", "0",
          "HERALD_SIMULATOR_CONTRADICTION_RATE", "0");

  private static final long SEED = 20_261_126;
  private static final int ENOUGH_READ = 900;

  // Only +1 555-01xx is nobody's for certain; these never leave the simulator.
  private static final List<String> NUMBERS =
      List.of(
          "+9198765%05d",
          "+9198764%05d",
          "+9198763%05d",
          "+55219910%05d",
          "+4477009%05d",
          "+49151990%05d",
          "+9715012%05d");
  private static final int CONTACTS = 10;

  private final Stage stage;
  private final Random random = new Random(SEED);

  Scene(Stage stage) {
    this.stage = stage;
  }

  /** The campaigns a page is shown of. */
  record Cast(String running, String api, String draft) {}

  Cast prepare() throws SQLException {
    keepContacts();
    stage.channelRate(1000);
    List<String> done =
        List.of(
            finished("Autumn arrivals", 2600),
            finished("Members’ evening, invitation", 900),
            finished("Feedback after your visit", 420));
    String api = calls("Order on its way", 60);
    String draft = withAudience("New year, first offers", 800);
    String scheduled = withAudience("Black Friday, early access", 1500);
    stage
        .api()
        .post(
            "campaigns/" + scheduled + ":launch",
            Map.of("startTime", Instant.now().plus(Duration.ofDays(2)).toString()));
    for (String id : done) {
      stage.awaitStatus(id, "SENT");
    }
    stage.awaitQuiet();
    spreadOverAMonth();
    stage.channelRate(50);
    return new Cast(withAudience("Diwali preview", 6000), api, draft);
  }

  /** Until the launched campaign has something to show, and much still to do. */
  void awaitUnderWay(String campaign) {
    await().until(() -> stage.analytics(campaign).path("read").asInt() > ENOUGH_READ);
  }

  private String finished(String name, int people) {
    String id = withAudience(name, people);
    stage.launch(id);
    return id;
  }

  private String withAudience(String name, int people) {
    String id = stage.campaign(name, "BROADCAST");
    StringBuilder csv = new StringBuilder("phone,name,first_name,store\n");
    for (int i = 0; i < people; i++) {
      String guest = "Guest " + (i + 1);
      csv.append(number() + "," + guest + "," + guest + ",North\n");
    }
    csv.append("98 76,Guest,Guest,North\n");
    stage.api().postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(csv.toString()));
    return id;
  }

  private String calls(String name, int calls) {
    String id = stage.campaign(name, "API");
    stage.launch(id);
    List<Map<String, ?>> recipients = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      String guest = "Guest " + (i + 1);
      recipients.add(
          Map.of("phone", number(), "name", guest, "parameters", Map.of("body.1", guest)));
    }
    stage.api().post("campaigns/" + id + ":trigger", Map.of("recipients", recipients));
    return id;
  }

  private String number() {
    return NUMBERS.get(random.nextInt(NUMBERS.size())).formatted(random.nextInt(100_000));
  }

  private void keepContacts() {
    List<Map<String, ?>> contacts = new ArrayList<>();
    for (int i = 0; i < CONTACTS; i++) {
      contacts.add(
          Map.of(
              "phone",
              "+1212555013" + i,
              "name",
              "Guest " + (i + 1),
              "tags",
              i % 3 == 0 ? List.of("members", "north") : List.of("members")));
    }
    stage.api().post("contacts", Map.of("contacts", contacts));
    stage.api().post("contacts:optOut", Map.of("phone", "+12125550134", "optedOut", true));
  }

  /** Lays today's minutes out over the days before, more on some than on others. */
  private void spreadOverAMonth() throws SQLException {
    try (Connection database = stage.herald().superuser();
        Statement statement = database.createStatement()) {
      for (int day = 1; day < 30; day++) {
        double share = day % 7 == 3 ? 0 : 0.15 + 0.55 * random.nextDouble();
        int later = random.nextInt(60 * 9) - 60 * 4;
        statement.execute(
            """
            insert into analytics.workspace_minute
            select workspace_id, minute - %1$d * 1440 + %2$d, submitted * %3$s, sent * %3$s,
                   delivered * %3$s, read * %3$s, failed * %3$s, replied * %3$s, clicked * %3$s
              from analytics.workspace_minute
             where minute > extract(epoch from now()) / 60 - 30
            on conflict do nothing
            """
                .formatted(day, later, String.format(Locale.ROOT, "%.2f", share)));
      }
    }
  }
}
