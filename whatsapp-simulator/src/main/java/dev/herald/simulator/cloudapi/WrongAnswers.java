package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Answers to a message that was taken, none of which says so in the documented way. */
final class WrongAnswers {
  static final int GARBAGE_VARIANTS = 14;
  static final int ERROR_VARIANTS = 5;

  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json; charset=UTF-8";
  private static final int LONG_ID = 10_000;
  private static final int DEEP = 100_000;
  private static final int LARGE = 16 << 20;
  private static final int MANY_HEADERS = 300;

  private WrongAnswers() {}

  static void garbage(Exchange exchange, ObjectNode right, int variant) {
    switch (variant) {
      case 0 -> exchange.answer(200, JSON, new byte[0]);
      case 1 -> exchange.answer(200, Json.object());
      case 2 -> exchange.answer(200, HTML, html("It works"));
      case 3 ->
          exchange.answer(
              200, ErrorCode.SOMETHING_WENT_WRONG.answer().envelope(GraphAnswers.traceId()));
      case 4 -> {
        right
            .withArray("messages")
            .addObject()
            .put("id", "wamid.HBgLMTU1NTAxMDAwMDAVAgARGBIwMDAwMDAwMDAwMDAwMDAwMDAA");
        exchange.answer(200, right);
      }
      case 5 -> exchange.answer(200, withId(right, "wamid." + "A".repeat(LONG_ID)));
      case 6 -> exchange.answer(200, withId(right, "wamid.\u0000"));
      case 7 -> {
        right
            .withArray("messages")
            .removeAll()
            .addObject()
            .put("id", 17)
            .put("message_status", "pondering");
        exchange.answer(200, right);
      }
      case 8 -> exchange.answer(200, Json.array().add(right));
      case 9 -> exchange.answer(200, JSON, "[".repeat(DEEP).getBytes(StandardCharsets.US_ASCII));
      case 10 -> exchange.answer(200, JSON, new byte[LARGE]);
      case 11 -> {
        exchange.header("Content-Encoding", "gzip");
        exchange.answer(200, JSON, zipped(LARGE));
      }
      case 12 -> {
        for (int i = 0; i < MANY_HEADERS; i++) {
          exchange.header("X-Flood-" + i, "x".repeat(100));
        }
        exchange.answer(200, right);
      }
      default -> {
        byte[] whole = Json.metaBytes(right);
        exchange.answer(200, JSON, Arrays.copyOf(whole, whole.length - 7));
      }
    }
  }

  /** A few kilobytes that unpack to this many zeros. */
  private static byte[] zipped(int size) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(new byte[size]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static ObjectNode withId(ObjectNode right, String id) {
    right
        .withArray("messages")
        .removeAll()
        .addObject()
        .put("id", id)
        .put("message_status", "accepted");
    return right;
  }

  static void serverError(Exchange exchange, int variant) {
    switch (variant) {
      case 0 -> GraphAnswers.error(exchange, ErrorCode.SOMETHING_WENT_WRONG.answer());
      case 1 -> GraphAnswers.error(exchange, ErrorCode.SERVICE.answer());
      case 2 -> exchange.answer(502, HTML, html("502 Bad Gateway"));
      case 3 -> {
        exchange.header("Location", "http://169.254.169.254/latest/meta-data/");
        exchange.answer(301, HTML, html("301 Moved Permanently"));
      }
      default -> exchange.answer(504, HTML, html("504 Gateway Time-out"));
    }
  }

  private static byte[] html(String title) {
    return ("<html><head><title>"
            + title
            + "</title></head><body><h1>"
            + title
            + "</h1></body></html>")
        .getBytes(StandardCharsets.UTF_8);
  }
}
