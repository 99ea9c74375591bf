package dev.herald.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.journal.Attempts;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What happened, for whoever judges it. Nothing here changes anything. */
final class JournalEndpoint {
  private static final int MOST_MESSAGES = 10_000;
  private static final int DEFAULT_MESSAGES = 100;
  private static final int STREAM_PAGE = 1000;
  private static final int MOST_WAIT_MILLIS = 600_000;
  private static final int MOST_WINDOW_MILLIS = 86_400_000;
  private static final long POLL_MICROS = 2000;

  private final Controls controls;
  private final Journal journal;

  JournalEndpoint(Controls controls) {
    this.controls = controls;
    this.journal = controls.journal();
  }

  JsonNode summary(Map<String, String> query) {
    ObjectNode json = journal.summary(query(query)).json();
    json.put("repeated_callback_data", journal.repeatedCount());
    json.put("forgotten", journal.forgotten());
    json.put("outstanding_updates", controls.webhooks().outstanding());
    json.put("untold_updates", controls.webhooks().untold());
    ObjectNode attempts = json.putObject("attempts");
    journal.attempts().counts().forEach((result, count) -> attempts.put(resultName(result), count));
    return json;
  }

  private static String resultName(int result) {
    return switch (result) {
      case Attempts.ACCEPTED -> "accepted";
      case Attempts.RESET -> "reset";
      default -> Integer.toString(result);
    };
  }

  JsonNode messages(Map<String, String> query) {
    int limit = Parameters.count(query.get("limit"), DEFAULT_MESSAGES, MOST_MESSAGES, "limit");
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("messages");
    String wamid = query.get("wamid");
    if (wamid != null) {
      journal.byWamid(wamid).ifPresent(message -> array.add(message.json()));
      return json;
    }
    long after = Parameters.number(query.get("after"), 0, "after");
    List<Message> page = journal.messages(query(query), after, limit);
    page.forEach(message -> array.add(message.json()));
    if (page.size() == limit && limit > 0) {
      json.put("next_after", page.getLast().id());
    }
    return json;
  }

  /** Every message meant, one JSON object a line. */
  void stream(Exchange exchange) throws IOException {
    Query query = query(exchange.query());
    exchange.stream(
        "application/x-ndjson",
        out -> {
          long after = 0;
          while (true) {
            List<Message> page = journal.messages(query, after, STREAM_PAGE);
            for (Message message : page) {
              out.write(Json.bytes(message.json()));
              out.write('\n');
            }
            if (page.size() < STREAM_PAGE) {
              return;
            }
            after = page.getLast().id();
          }
        });
  }

  JsonNode repeated() {
    ObjectNode json = Json.object().put("count", journal.repeatedCount());
    ArrayNode array = json.putArray("callback_data");
    journal.repeated().forEach(array::add);
    return json;
  }

  JsonNode rate(Map<String, String> query) {
    String id = query.get("phone_number_id");
    PhoneNumber number = id == null ? null : Parameters.phoneNumber(controls.directory(), id);
    boolean acceptedOnly =
        switch (query.getOrDefault("of", "attempts")) {
          case "attempts" -> false;
          case "accepted" -> true;
          default -> throw new IllegalArgumentException("of must be attempts or accepted");
        };
    int windowMillis =
        Parameters.count(query.get("window_ms"), 1000, MOST_WINDOW_MILLIS, "window_ms");
    long since = Parameters.moment(query.get("since"), 0, "since");
    Attempts.Rate rate =
        journal
            .attempts()
            .rate(
                number == null ? -1 : number.index(),
                acceptedOnly,
                since,
                Math.max(1, windowMillis) * 1000L);
    ObjectNode json = Json.object().put("count", rate.count()).put("window_ms", windowMillis);
    json.put("worst_window", rate.worstWindow());
    if (rate.count() > 0) {
      json.put("first_at", Parameters.iso(rate.firstAt()));
      json.put("last_at", Parameters.iso(rate.lastAt()));
      json.put("worst_window_at", Parameters.iso(rate.worstWindowAt()));
      double seconds = (rate.lastAt() - rate.firstAt()) / 1e6;
      json.put("mean_per_s", seconds == 0 ? 0 : (rate.count() - 1) / seconds);
    }
    json.put("dropped_attempts", journal.attempts().dropped());
    return json;
  }

  JsonNode requests(Map<String, String> query) {
    ArrayNode array = Json.array();
    controls
        .cloudApi()
        .requests()
        .newest(Parameters.count(query.get("limit"), 20, 500, "limit"))
        .forEach(
            sent ->
                array
                    .addObject()
                    .put("at", Parameters.iso(sent.at()))
                    .put("phone_number_id", sent.phoneNumberId())
                    .put("result", resultName(sent.result()))
                    .set("body", sent.body()));
    return array;
  }

  JsonNode quiet(Exchange exchange) {
    int wait = Parameters.count(exchange.query().get("wait_ms"), 0, MOST_WAIT_MILLIS, "wait_ms");
    long until = System.nanoTime() + wait * 1_000_000L;
    boolean quiet = controls.quiet();
    while (!quiet && System.nanoTime() - until < 0 && !exchange.pause(POLL_MICROS)) {
      quiet = controls.quiet();
    }
    return Json.object()
        .put("quiet", quiet)
        .put("outstanding_updates", controls.webhooks().outstanding());
  }

  static Query query(Map<String, String> query) {
    String to = query.get("to");
    return new Query(
        query.get("callback_data"),
        query.get("callback_prefix"),
        query.get("phone_number_id"),
        Optional.ofNullable(to)
            .map(text -> OptionalLong.of(Parameters.digits(text.strip())))
            .orElse(OptionalLong.empty()));
  }
}
