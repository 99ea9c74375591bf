package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.cloudapi.MediaStore.Media;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /{phone_number_id}/media} and {@code /{media_id}}. Files are described, not kept:
 * what was uploaded can be sent and looked up, not downloaded.
 */
final class MediaEndpoint {
  private static final int MOST_BYTES = 100 << 20;
  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";,]+)\"?");
  private static final Pattern FIELD = Pattern.compile("name=\"([^\"]*)\"");
  private static final Pattern TYPE = Pattern.compile("(?i)content-type:\\s*([^\\r\\n;]+)");

  private final MediaStore media;

  MediaEndpoint(MediaStore media) {
    this.media = media;
  }

  void upload(Exchange exchange) throws IOException {
    Matcher boundary = BOUNDARY.matcher(exchange.header("Content-Type").orElse(""));
    byte[] body = exchange.body(MOST_BYTES).orElse(new byte[0]);
    if (!boundary.find()) {
      throw new GraphException(
          GraphError.parameter("The parameter messaging_product is required."));
    }
    Upload upload = read(body, ("--" + boundary.group(1)).getBytes(StandardCharsets.ISO_8859_1));
    if (!"whatsapp".equals(upload.product)) {
      throw new GraphException(
          GraphError.parameter("The parameter messaging_product is required."));
    }
    if (upload.file == null) {
      throw new GraphException(GraphError.parameter("The parameter file is required."));
    }
    String type = upload.type == null ? "application/octet-stream" : upload.type;
    Media added = media.add(type, sha256(upload.file), upload.file.length);
    GraphAnswers.ok(exchange, Json.object().put("id", added.id()));
  }

  private static final class Upload {
    @Nullable String product;
    @Nullable String type;
    byte @Nullable [] file;
  }

  private static Upload read(byte[] body, byte[] delimiter) {
    Upload upload = new Upload();
    int start = indexOf(body, delimiter, 0);
    while (start >= 0) {
      int end = indexOf(body, delimiter, start + delimiter.length);
      if (end < 0) {
        break;
      }
      part(Arrays.copyOfRange(body, start + delimiter.length, end), upload);
      start = end;
    }
    return upload;
  }

  private static void part(byte[] part, Upload upload) {
    int headersEnd = indexOf(part, "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 0);
    if (headersEnd < 0) {
      return;
    }
    String headers = new String(part, 0, headersEnd, StandardCharsets.ISO_8859_1);
    byte[] content =
        Arrays.copyOfRange(part, headersEnd + 4, Math.max(headersEnd + 4, part.length - 2));
    Matcher name = FIELD.matcher(headers);
    switch (name.find() ? name.group(1) : "") {
      case "messaging_product" -> upload.product = new String(content, StandardCharsets.UTF_8);
      case "type" -> upload.type = new String(content, StandardCharsets.UTF_8);
      case "file" -> {
        upload.file = content;
        Matcher type = TYPE.matcher(headers);
        if (upload.type == null && type.find()) {
          upload.type = type.group(1).strip();
        }
      }
      default -> {}
    }
  }

  private static int indexOf(byte[] bytes, byte[] wanted, int from) {
    for (int i = from; i <= bytes.length - wanted.length; i++) {
      if (bytes[i] == wanted[0]
          && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  private static String sha256(byte[] content) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException("every JDK has SHA-256", e));
    }
  }

  void get(Exchange exchange, Media found) {
    ObjectNode json = Json.object();
    json.put("messaging_product", "whatsapp");
    json.put("url", exchange.origin() + "/simulator/media/" + found.id());
    json.put("mime_type", found.mimeType());
    json.put("sha256", found.sha256());
    json.put("file_size", found.size());
    json.put("id", found.id());
    GraphAnswers.ok(exchange, json);
  }

  void delete(Exchange exchange, Media found) {
    media.remove(found.id());
    GraphAnswers.ok(exchange, Json.object().put("success", true));
  }
}
