package dev.herald.gateway.http;

import java.util.Map;

/**
 * A refusal that only HTTP knows, such as a media type or a size; everything else is a
 * HeraldException.
 */
public final class HttpRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final transient Map<String, String> headers;

  public HttpRefusal(int status, String reason, String message) {
    this(status, reason, message, Map.of());
  }

  public HttpRefusal(int status, String reason, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = Map.copyOf(headers);
  }

  public static HttpRefusal bodyTooLarge(long limit) {
    return new HttpRefusal(
        413, "BODY_TOO_LARGE", "The body is larger than the " + limit + " bytes this route takes.");
  }

  public static HttpRefusal tooSlow() {
    return new HttpRefusal(408, "REQUEST_TOO_SLOW", "The body did not arrive in time.");
  }

  public static HttpRefusal mediaType(String expected) {
    return new HttpRefusal(
        415, "CONTENT_TYPE_NOT_SUPPORTED", "Send the body with Content-Type: " + expected + ".");
  }

  public int status() {
    return status;
  }

  public String reason() {
    return reason;
  }

  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  public Map<String, String> headers() {
    return headers;
  }
}
