package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Answers to a message that was taken, none of which says so in the documented way. */
final class WrongAnswers {
  static final int GARBAGE_VARIANTS = 10;
  static final int ERROR_VARIANTS = 4;

  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json; charset=UTF-8";
  private static final int LONG_ID = 10_000;

  private WrongAnswers() {}

  static void garbage(Exchange exchange, ObjectNode right, int variant) {
    switch (variant) {
      case 0 -> exchange.answer(200, JSON, new byte[0]);
      case 1 -> exchange.answer(200, Json.object());
      case 2 -> exchange.answer(200, HTML, html("It works"));
      case 3 -> exchange.answer(200, ErrorCode.SOMETHING_WENT_WRONG.answer().envelope(GraphAnswers.traceId()));
      case 4 -> {
        right.withArray("messages").addObject().put("id", "wamid.HBgLMTU1NTAxMDAwMDAVAgARGBIwMDAwMDAwMDAwMDAwMDAwMDAA");
        exchange.answer(200, right);
      }
      case 5 -> exchange.answer(200, withId(right, "wamid." + "A".repeat(LONG_ID)));
      case 6 -> exchange.answer(200, withId(right, "wamid.\u0000"));
      case 7 -> {
        right.withArray("messages").removeAll().addObject().put("id", 17).put("message_status", "pondering");
        exchange.answer(200, right);
      }
      case 8 -> exchange.answer(200, Json.array().add(right));
      default -> {
        byte[] whole = Json.metaBytes(right);
        exchange.answer(200, JSON, Arrays.copyOf(whole, whole.length - 7));
      }
    }
  }

  private static ObjectNode withId(ObjectNode right, String id) {
    right.withArray("messages").removeAll().addObject().put("id", id).put("message_status", "accepted");
    return right;
  }

  static void serverError(Exchange exchange, int variant) {
    switch (variant) {
      case 0 -> GraphAnswers.error(exchange, ErrorCode.SOMETHING_WENT_WRONG.answer());
      case 1 -> GraphAnswers.error(exchange, ErrorCode.SERVICE.answer());
      case 2 -> exchange.answer(502, HTML, html("502 Bad Gateway"));
      default -> exchange.answer(504, HTML, html("504 Gateway Time-out"));
    }
  }

  private static byte[] html(String title) {
    return ("<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>")
        .getBytes(StandardCharsets.UTF_8);
  }
}
