package dev.herald.campaign.whatsapp.http;

import dev.herald.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param target path and query, percent-encoded, from "/"
 * @param bearer sent as Authorization
 * @param json body; null for none
 */
public record HttpRequest(String method, String target, Secret bearer, byte @Nullable [] json) {
  public HttpRequest {
    refuseBreaks(target);
    refuseBreaks(bearer.value());
  }

  public static HttpRequest get(String target, Secret bearer) {
    return new HttpRequest("GET", target, bearer, null);
  }

  public static HttpRequest post(String target, Secret bearer, byte[] json) {
    return new HttpRequest("POST", target, bearer, json);
  }

  byte[] head(Origin origin) {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: ");
    head.append(origin.authority()).append("\r\nAuthorization: Bearer ").append(bearer.value());
    head.append("\r\nUser-Agent: Herald\r\nAccept: application/json\r\n");
    if (json != null) {
      head.append("Content-Type: application/json\r\nContent-Length: ")
          .append(json.length)
          .append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  // A line break in a token pasted with one would end the header and begin another.
  private static void refuseBreaks(String text) {
    if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7F)) {
      throw new IllegalArgumentException("A token or path contains a space or control character.");
    }
  }
}
