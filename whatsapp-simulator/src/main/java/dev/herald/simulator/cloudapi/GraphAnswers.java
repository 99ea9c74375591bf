package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/** Answers as the Graph API gives them. */
final class GraphAnswers {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int REGAIN_ACCESS_MINUTES = 1;

  private GraphAnswers() {}

  static void ok(Exchange exchange, JsonNode json) {
    exchange.answer(200, json);
  }

  static void error(Exchange exchange, GraphError error) {
    exchange.answer(error.httpStatus(), error.envelope(traceId()));
  }

  /** The throttling answer with its headers, as edges of Meta's network give it. */
  static void throttled(Exchange exchange, String accountId, int retryAfterSeconds) {
    ObjectNode usage = Json.object();
    usage
        .putArray(accountId)
        .addObject()
        .put("type", "whatsapp")
        .put("call_count", 100)
        .put("total_cputime", 100)
        .put("total_time", 100)
        .put("estimated_time_to_regain_access", REGAIN_ACCESS_MINUTES);
    exchange.header("Retry-After", Integer.toString(retryAfterSeconds));
    exchange.header("X-Business-Use-Case-Usage", usage.toString());
    exchange.answer(TOO_MANY_REQUESTS, ErrorCode.THROUGHPUT.answer().envelope(traceId()));
  }

  static String traceId() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return "A" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
