package dev.herald.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An error as HTTP clients see it (RFC 9457).
 *
 * @param type stable name of the kind of problem; the reason in another form
 * @param title the same for every occurrence of the status
 * @param detail for a person: what happened and what to do
 * @param reason machine-readable, UPPER_SNAKE_CASE
 * @param violations the fields at fault, by their JSON names
 * @param metadata figures that belong to the reason
 * @param requestId to find the request in the logs
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String reason,
    List<FieldViolation> violations,
    Map<String, String> metadata,
    String requestId) {
  public static final String CONTENT_TYPE = "application/problem+json";

  private static final Pattern SNAKE = Pattern.compile("_([a-z0-9])");

  public static Problem of(HeraldException error, String requestId) {
    return new Problem(
        type(error.reason()),
        title(status(error.kind())),
        status(error.kind()),
        error.message(),
        error.reason(),
        error.violations().stream().map(Problem::inJsonNames).toList(),
        error.metadata(),
        requestId);
  }

  public static Problem of(HttpRefusal refusal, String requestId) {
    return new Problem(
        type(refusal.reason()),
        title(refusal.status()),
        refusal.status(),
        refusal.message(),
        refusal.reason(),
        List.of(),
        Map.of(),
        requestId);
  }

  /** Headers that belong to the answer, beside the content type. */
  static Map<String, String> headers(HeraldException error) {
    Map<String, String> headers = new HashMap<>();
    if (error.kind() == Kind.UNAUTHENTICATED) {
      headers.put("WWW-Authenticate", "Bearer");
    }
    boolean comeBack = error.kind() == Kind.EXHAUSTED || error.kind() == Kind.UNAVAILABLE;
    if (error.retryAfter().isPresent() || comeBack) {
      long seconds = error.retryAfter().map(delay -> (delay.toMillis() + 999) / 1000).orElse(1L);
      headers.put("Retry-After", Long.toString(Math.max(1, seconds)));
    }
    return headers;
  }

  public static int status(Kind kind) {
    return switch (kind) {
      case INVALID -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, PRECONDITION, ABORTED -> 409;
      case EXHAUSTED -> 429;
      case INTERNAL -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE, CANCELLED -> 503;
      case DEADLINE -> 504;
    };
  }

  private static String type(String reason) {
    return "urn:herald:problem:" + reason.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "The request is not valid";
      case 401 -> "Sign-in or API key needed";
      case 403 -> "Not allowed";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 408 -> "Request too slow";
      case 409 -> "Not possible in the present state";
      case 412 -> "Changed meanwhile";
      case 413 -> "Body too large";
      case 414 -> "Address too long";
      case 415 -> "Content type not supported";
      case 429 -> "Too many requests";
      case 431 -> "Headers too large";
      case 500 -> "Internal error";
      case 501 -> "Not implemented";
      case 503 -> "Not available just now";
      case 504 -> "Took too long";
      default -> "Error " + status;
    };
  }

  // Services name fields as in proto (page_size); in JSON they are pageSize.
  private static FieldViolation inJsonNames(FieldViolation violation) {
    String field =
        SNAKE
            .matcher(violation.field())
            .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    return new FieldViolation(field, violation.reason(), violation.message());
  }
}
