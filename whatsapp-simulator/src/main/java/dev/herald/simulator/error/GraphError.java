package dev.herald.simulator.error;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * An error as the Graph API words it: the envelope's fields and the HTTP status it travels with.
 */
public record GraphError(
    int httpStatus,
    int code,
    @Nullable Integer subcode,
    String type,
    String message,
    @Nullable String details) {

  /**
   * A parameter the Graph layer itself refuses, before WhatsApp sees the request: it carries no
   * error_data.
   */
  public static GraphError parameter(String sentence) {
    return new GraphError(400, 100, null, "OAuthException", "(#100) " + sentence, null);
  }

  /** The id names nothing that this token may see. Meta does not tell the two cases apart. */
  public static GraphError noSuchObject(String method, String id) {
    return new GraphError(
        400,
        100,
        33,
        "GraphMethodException",
        "Unsupported "
            + method.toLowerCase(java.util.Locale.ROOT)
            + " request. Object with ID '"
            + id
            + "' does not exist, cannot be loaded due to missing permissions, or does not support"
            + " this operation.",
        null);
  }

  public static GraphError tokenMissing() {
    return new GraphError(
        401,
        190,
        null,
        "OAuthException",
        "An access token is required to request this resource.",
        null);
  }

  public static GraphError tokenUnknown() {
    return new GraphError(
        401,
        190,
        null,
        "OAuthException",
        "Invalid OAuth access token - Cannot parse access token",
        null);
  }

  public static GraphError tokenExpired() {
    return new GraphError(
        401,
        190,
        463,
        "OAuthException",
        "Error validating access token: Session has expired.",
        null);
  }

  /** The envelope; {@code traceId} is what Meta's support asks for. */
  public ObjectNode envelope(String traceId) {
    ObjectNode root = Json.object();
    ObjectNode error = root.putObject("error");
    error.put("message", message).put("type", type).put("code", code);
    if (subcode != null) {
      error.put("error_subcode", subcode);
    }
    if (details != null) {
      error.putObject("error_data").put("messaging_product", "whatsapp").put("details", details);
    }
    error.put("fbtrace_id", traceId);
    return root;
  }
}
