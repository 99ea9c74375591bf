package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.Problem;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import java.time.Duration;
import java.util.Optional;

/**
 * An error in the words and the shape that AiSensy's clients know: they read {@code errorMessage},
 * {@code message} or {@code error}, in this order.
 */
final class AisensyError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int status;
  private final String words;
  private final Optional<Duration> retryAfter;

  AisensyError(int status, String words) {
    this(status, words, Optional.empty());
  }

  private AisensyError(int status, String words, Optional<Duration> retryAfter) {
    super(words);
    this.status = status;
    this.words = words;
    this.retryAfter = retryAfter;
  }

  static AisensyError badKey() {
    return new AisensyError(401, "Invalid API key");
  }

  static AisensyError unknownCampaign() {
    return new AisensyError(400, "Campaign does not exist.");
  }

  static AisensyError parameterCount() {
    return new AisensyError(400, "Template params does not match the campaign");
  }

  static AisensyError mediaMissing() {
    return new AisensyError(400, "Media URL Missing");
  }

  static AisensyError invalidNumber() {
    return new AisensyError(400, "Invalid Number");
  }

  /** What AiSensy would say of this failure. */
  static AisensyError of(RuntimeException failure) {
    return switch (failure) {
      case AisensyError known -> known;
      case HttpRefusal refusal -> new AisensyError(refusal.status(), refusal.message());
      case HeraldException error -> of(error);
      default -> new AisensyError(500, "Internal error");
    };
  }

  private static AisensyError of(HeraldException error) {
    return switch (error.reason()) {
      case "INSUFFICIENT_FUNDS" ->
          new AisensyError(402, "Insufficient WhatsApp Conversation Credits (WCC)!");
      case "INVALID_NUMBER", "NUMBER_MISSING" -> invalidNumber();
      case "PARAMETERS_MISSING", "PARAMETER_MISSING" -> parameterCount();
      case "CAMPAIGN_NOT_FOUND", "NOT_AN_API_CAMPAIGN" -> unknownCampaign();
      case "CAMPAIGN_NOT_LIVE" -> new AisensyError(400, "Campaign is not live.");
      default -> {
        boolean ours = error.kind() == Kind.INTERNAL;
        int status =
            switch (error.kind()) {
              // AiSensy answers 400 to everything that is the caller's to correct.
              case INVALID, NOT_FOUND, PRECONDITION, ALREADY_EXISTS -> 400;
              default -> Problem.status(error.kind());
            };
        yield new AisensyError(
            status, ours ? "Internal error" : error.message(), error.retryAfter());
      }
    };
  }

  int status() {
    return status;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  String json(String requestId) {
    ObjectNode body = JSON.createObjectNode();
    body.put("message", words);
    body.put("name", "ERR" + status);
    body.put("errorCode", status);
    body.put("errorMessage", words);
    body.put("aisTraceId", "ais_" + requestId);
    return body.toString();
  }
}
