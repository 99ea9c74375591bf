package dev.herald.reliability.oracle;

import static dev.herald.reliability.oracle.Fate.any;

import dev.herald.reliability.oracle.WhatsAppRecord.Taken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares one campaign with what was promised and with what WhatsApp wrote down. */
final class CampaignJudge {
  private final Connection database;
  private final Promised.Campaign promised;
  private final Map<Integer, List<Taken>> taken;
  private final List<Violation> violations;
  private final Map<Integer, Integer> evidence = new TreeMap<>();
  private final Map<Integer, Line> lines = new HashMap<>();

  /** The price line of a message. */
  private record Line(String country, int lot) {}

  CampaignJudge(
      Connection database,
      Promised.Campaign promised,
      Map<Integer, List<Taken>> taken,
      List<Violation> violations) {
    this.database = database;
    this.promised = promised;
    this.taken = taken;
    this.violations = violations;
  }

  void judge() throws SQLException {
    readMessages();
    nobodyTwice();
    nobodyElse();
    nothingBehindABarrier();
    if (!promised.launched) {
      return;
    }
    nobodyForgotten();
    whatWasAcknowledgedIsKnown();
    figures();
    lineTotals();
    sums();
  }

  private void violated(String promise, String what) {
    violations.add(new Violation(promise, promised.id, what));
  }

  private void equal(String promise, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      violated(promise, what + " is " + found + ", must be " + expected);
    }
  }

  private void readMessages() throws SQLException {
    try (PreparedStatement query =
        database.prepareStatement(
            "select ordinal, evidence, country, lot from analytics.message where campaign_id ="
                + " ?")) {
      query.setLong(1, promised.id);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          evidence.put(rows.getInt(1), rows.getInt(2));
          lines.put(rows.getInt(1), new Line(rows.getString(3), rows.getInt(4)));
        }
      }
    }
  }

  private void nobodyTwice() {
    taken.forEach(
        (ordinal, messages) -> {
          if (messages.size() > 1) {
            violated("P3", "recipient " + ordinal + " was messaged " + messages.size() + " times");
          }
        });
    // One person, two ordinals: an API call that was carried out twice.
    Map<Long, Integer> persons = new HashMap<>();
    taken.forEach(
        (ordinal, messages) -> {
          Integer other = persons.put(messages.getFirst().to(), ordinal);
          if (other != null) {
            violated("P3", "one person was messaged as recipients " + other + " and " + ordinal);
          }
        });
  }

  private void nobodyElse() {
    taken.forEach(
        (ordinal, messages) -> {
          Long phone = promised.phones.get(ordinal);
          if (phone == null) {
            violated("P2", "recipient " + ordinal + " was messaged and never asked for");
          } else if (messages.getFirst().to() != phone) {
            violated("P2", "recipient " + ordinal + "'s message went to somebody else");
          }
        });
  }

  private void nothingBehindABarrier() {
    for (long[] barrier : promised.barriers) {
      long late =
          taken.values().stream()
              .flatMap(List::stream)
              .filter(message -> message.at() > barrier[0] && message.at() < barrier[1])
              .count();
      if (late > 0) {
        violated("P5", late + " messages left after pause or stop had returned");
      }
    }
  }

  private void nobodyForgotten() throws SQLException {
    String status = text("select status from campaign.campaign where campaign_id = ?");
    if (promised.stopped) {
      equal("P5", "status", "STOPPED", status);
    } else if (promised.type.equals("API")) {
      // What Herald pauses by itself, with all other campaigns of its number, waits for a person.
      String byHerald = text("select pause_kind from campaign.campaign where campaign_id = ?");
      if (!"UNREACHABLE".equals(byHerald)) {
        equal("P4", "status", "LIVE", status);
      }
    } else {
      equal("P4", "status", "SENT", status);
    }
    Set<Integer> silent = new TreeSet<>(promised.phones.keySet());
    silent.removeAll(evidence.keySet());
    if (!promised.stopped && !silent.isEmpty()) {
      violated("P4", "nothing is known of recipients " + some(silent));
    }
    silent.retainAll(taken.keySet());
    if (!silent.isEmpty()) {
      violated("P4", "messages were taken and never recorded: " + some(silent));
    }
    Set<Integer> strangers = new TreeSet<>(evidence.keySet());
    strangers.removeAll(promised.phones.keySet());
    if (!strangers.isEmpty()) {
      violated("P1", "evidence of recipients that do not exist: " + some(strangers));
    }
    equal(
        "P2",
        "recipients stored",
        (long) promised.phones.size(),
        number(
            """
            select count(*) from campaign.recipient
             where audience_id = (select audience_id from campaign.campaign where campaign_id = ?)
            """));
    equal(
        "P4",
        "open batches",
        0L,
        number("select count(*) from campaign.dispatch_batch where campaign_id = ?"));
  }

  private void whatWasAcknowledgedIsKnown() {
    Map<String, Set<Integer>> wrong = new TreeMap<>();
    evidence.forEach(
        (ordinal, seen) -> {
          List<Taken> messages = taken.get(ordinal);
          if (messages == null) {
            if (any(seen, ~(Fate.FAILED_BIT | Fate.SKIPPED_BIT | Fate.UNCONFIRMED_BIT))) {
              note(wrong, "P1 evidence of a message that was never taken", ordinal);
            }
            return;
          }
          Set<String> told = messages.getFirst().told();
          if (!any(seen, Fate.ACCEPTED_BIT | Fate.HELD_BIT | Fate.UNCONFIRMED_BIT)) {
            note(wrong, "P4 taken, but neither accepted nor unconfirmed", ordinal);
          }
          agree(wrong, told, "sent", seen, Fate.SENT_BIT, ordinal);
          agree(wrong, told, "delivered", seen, Fate.DELIVERED_BIT, ordinal);
          agree(wrong, told, "read", seen, Fate.READ_BIT, ordinal);
          agree(wrong, told, "failed", seen, Fate.FAILED_BIT, ordinal);
          boolean quoted = told.contains("text_reply") || told.contains("button_reply");
          if (quoted && !any(seen, Fate.REPLIED_BIT)) {
            note(wrong, "P2 a reply was acknowledged and is not known", ordinal);
          }
        });
    wrong.forEach(
        (what, ordinals) ->
            violated(what.substring(0, 2), what.substring(3) + ": " + some(ordinals)));
  }

  private static void agree(
      Map<String, Set<Integer>> wrong,
      Set<String> told,
      String word,
      int seen,
      int bit,
      int ordinal) {
    if (told.contains(word) && !any(seen, bit)) {
      note(wrong, "P2 " + word + " was acknowledged and is not known", ordinal);
    } else if (!told.contains(word) && any(seen, bit)) {
      note(wrong, "P1 " + word + " is known and was never told", ordinal);
    }
  }

  private static void note(Map<String, Set<Integer>> wrong, String what, int ordinal) {
    wrong.computeIfAbsent(what, key -> new TreeSet<>()).add(ordinal);
  }

  private void figures() throws SQLException {
    try (PreparedStatement query =
        database.prepareStatement(
            """
            select audience, sent, delivered, read, failed, skipped, unconfirmed, accepted, replied
              from analytics.campaign where campaign_id = ?
            """)) {
      query.setLong(1, promised.id);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          violated("P1", "analytics does not know the campaign");
          return;
        }
        equal("P1", "audience", promised.phones.size(), row.getInt("audience"));
        equal("P1", "sent", count(Fate.SENT, Fate.DELIVERED, Fate.READ), row.getInt("sent"));
        equal("P1", "delivered", count(Fate.DELIVERED, Fate.READ), row.getInt("delivered"));
        equal("P1", "read", count(Fate.READ), row.getInt("read"));
        equal("P1", "failed", count(Fate.FAILED), row.getInt("failed"));
        equal("P1", "skipped", count(Fate.SKIPPED), row.getInt("skipped"));
        equal("P1", "unconfirmed", count(Fate.UNCONFIRMED), row.getInt("unconfirmed"));
        equal("P1", "accepted", count(Fate.ACCEPTED), row.getInt("accepted"));
        equal(
            "P1",
            "replied",
            (int) evidence.values().stream().filter(it -> any(it, Fate.REPLIED_BIT)).count(),
            row.getInt("replied"));
      }
    }
  }

  private int count(Fate... which) {
    Set<Fate> wanted = Set.of(which);
    return (int) evidence.values().stream().filter(it -> wanted.contains(Fate.of(it))).count();
  }

  /** The totals of each line here, and in billing, are those of its messages. */
  private void lineTotals() throws SQLException {
    Map<Line, int[]> expected = new HashMap<>();
    evidence.forEach(
        (ordinal, seen) -> {
          int[] totals = expected.computeIfAbsent(lines.get(ordinal), line -> new int[2]);
          Fate fate = Fate.of(seen);
          totals[0] += fate.isSent() ? 1 : 0;
          totals[1] += fate.isReleased() ? 1 : 0;
        });
    taken.forEach(
        (ordinal, messages) -> {
          Taken message = messages.getFirst();
          Line line = lines.get(ordinal);
          if (line != null && !line.equals(new Line(message.country(), message.lot()))) {
            violated("P6", "recipient " + ordinal + " is counted in the wrong line " + line);
          }
        });
    Set<Line> known = new HashSet<>();
    try (PreparedStatement query =
        database.prepareStatement(
            """
            select b.country, b.lot, b.reserved_total, b.charged_total, b.released_total,
                   b.unattempted_total, b.held,
                   coalesce(a.sent, 0) as sent, coalesce(a.released_on_sent, 0) as released
              from billing.line b
              left join analytics.campaign_line a using (campaign_id, country, lot)
             where campaign_id = ?
            """)) {
      query.setLong(1, promised.id);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          Line line = new Line(row.getString("country"), row.getInt("lot"));
          known.add(line);
          int[] totals = expected.getOrDefault(line, new int[2]);
          equal("P1", line + " sent", totals[0], row.getInt("sent"));
          equal("P1", line + " released", totals[1], row.getInt("released"));
          equal("P6", line + " charged", totals[0], row.getInt("charged_total"));
          equal("P6", line + " given back", totals[1], row.getInt("released_total"));
          int left =
              row.getInt("reserved_total")
                  - totals[0]
                  - totals[1]
                  - row.getInt("unattempted_total");
          equal("P6", line + " set aside", Math.max(0, left), row.getInt("held"));
          if (promised.type.equals("BROADCAST")) {
            reserved(line, row);
          }
        }
      }
    }
    Set<Line> missing = new HashSet<>(expected.keySet());
    missing.removeAll(known);
    if (!missing.isEmpty()) {
      violated("P6", "billing does not know lines " + missing);
    }
  }

  private void reserved(Line line, ResultSet row) throws SQLException {
    int audience = 0;
    int unattempted = 0;
    for (Map.Entry<Integer, Long> person : promised.phones.entrySet()) {
      // The harness writes to Indian and Brazilian numbers only.
      String country = person.getValue().toString().startsWith("91") ? "IN" : "BR";
      if (country.equals(line.country())) {
        audience++;
        unattempted += evidence.containsKey(person.getKey()) ? 0 : 1;
      }
    }
    equal("P6", line + " reserved", audience, row.getInt("reserved_total"));
    equal("P6", line + " never attempted", unattempted, row.getInt("unattempted_total"));
  }

  /** Series and reasons say the same as the counters. */
  private void sums() throws SQLException {
    for (String metric : List.of("submitted", "sent", "delivered", "read", "failed", "replied")) {
      equal(
          "P1",
          "the series of " + metric,
          number("select " + metric + " from analytics.campaign where campaign_id = ?"),
          number(
              "select coalesce(sum("
                  + metric
                  + "), 0) from analytics.campaign_minute where campaign_id = ?"));
    }
    equal(
        "P1",
        "failures by reason",
        (long) count(Fate.FAILED),
        number(
            "select coalesce(sum(messages), 0) from analytics.failure_reason where campaign_id ="
                + " ?"));
    equal(
        "P1",
        "skips by reason",
        (long) count(Fate.SKIPPED),
        number(
            "select coalesce(sum(messages), 0) from analytics.skip_reason where campaign_id = ?"));
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  private String text(String sql) throws SQLException {
    try (PreparedStatement query = database.prepareStatement(sql)) {
      query.setLong(1, promised.id);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? String.valueOf(row.getString(1)) : "0";
      }
    }
  }

  private static String some(Set<Integer> ordinals) {
    List<Integer> first = new ArrayList<>(ordinals).subList(0, Math.min(10, ordinals.size()));
    return first + (ordinals.size() > 10 ? " and " + (ordinals.size() - 10) + " more" : "");
  }
}
