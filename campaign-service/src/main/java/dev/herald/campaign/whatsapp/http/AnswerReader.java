package dev.herald.campaign.whatsapp.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;

/** Reads one HTTP/1.1 answer with limits; anything malformed is an IOException. */
final class AnswerReader {
  private static final int MAX_LINE = 8 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_INTERIM = 8;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final Connection connection;
  private final int maxBody;

  private int status;
  private long contentLength = -1;
  private boolean chunked;
  private boolean keepAlive = true;
  private long idleSeconds;
  private long retryAfterSeconds;

  AnswerReader(Connection connection, int maxBody) {
    this.connection = connection;
    this.maxBody = maxBody;
  }

  HttpOutcome.Answered read() throws IOException {
    int interim = 0;
    do {
      if (interim++ > MAX_INTERIM) {
        throw new IOException("too many interim answers");
      }
      readHead();
    } while (status < 200);
    return new HttpOutcome.Answered(status, readBody(), retryAfterSeconds);
  }

  /** True if the connection can carry another request. */
  boolean keepAlive() {
    return keepAlive;
  }

  long idleSeconds() {
    return idleSeconds;
  }

  private void readHead() throws IOException {
    String line = readLine();
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IOException("the answer is not HTTP/1.1");
    }
    status = number(line.substring(9, 12));
    keepAlive = line.charAt(7) == '1';
    contentLength = -1;
    chunked = false;
    for (int headers = 0; !(line = readLine()).isEmpty(); headers++) {
      if (headers == MAX_HEADERS) {
        throw new IOException("too many headers");
      }
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("a header without a name");
      }
      header(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (chunked && contentLength >= 0) {
      throw new IOException("an answer with two lengths");
    }
  }

  private void header(String name, String value) throws IOException {
    switch (name) {
      case "content-length" -> {
        long length = number(value);
        if (contentLength >= 0 && contentLength != length) {
          throw new IOException("an answer with two lengths");
        }
        contentLength = length;
      }
      case "transfer-encoding" -> {
        if (!value.equalsIgnoreCase("chunked")) {
          throw new IOException("an encoding nobody asked for");
        }
        chunked = true;
      }
      case "content-encoding" -> {
        if (!value.equalsIgnoreCase("identity")) {
          throw new IOException("an encoding nobody asked for");
        }
      }
      case "connection" -> {
        if (value.toLowerCase(Locale.ROOT).contains("close")) {
          keepAlive = false;
        }
      }
      case "keep-alive" -> idleSeconds = timeout(value);
      case "retry-after" -> retryAfterSeconds = secondsOrZero(value);
      default -> {}
    }
  }

  private byte[] readBody() throws IOException {
    if (status == NO_CONTENT || status == NOT_MODIFIED) {
      return new byte[0];
    }
    if (chunked) {
      return readChunks();
    }
    if (contentLength >= 0) {
      return readExactly(contentLength);
    }
    keepAlive = false;
    return readToEnd();
  }

  private byte[] readExactly(long length) throws IOException {
    if (length > maxBody) {
      throw new IOException("an answer of " + length + " bytes");
    }
    byte[] body = new byte[(int) length];
    fill(body, 0, body.length);
    return body;
  }

  private void fill(byte[] target, int from, int to) throws IOException {
    int position = from;
    while (position < to) {
      int count = connection.read(target, position, to - position);
      if (count < 0) {
        throw new EOFException("the answer broke off");
      }
      position += count;
    }
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = readLine();
      int end = line.indexOf(';');
      int size = hex(end < 0 ? line : line.substring(0, end));
      if (size == 0) {
        break;
      }
      if (size > maxBody - body.size()) {
        throw new IOException("an answer that is too long");
      }
      byte[] chunk = new byte[size];
      fill(chunk, 0, size);
      body.writeBytes(chunk);
      if (!readLine().isEmpty()) {
        throw new IOException("a chunk of the wrong length");
      }
    }
    for (int trailers = 0; !readLine().isEmpty(); trailers++) {
      if (trailers == MAX_HEADERS) {
        throw new IOException("too many headers");
      }
    }
    return body.toByteArray();
  }

  private byte[] readToEnd() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] part = new byte[4096];
    int count;
    while ((count = connection.read(part, 0, part.length)) >= 0) {
      if (count > maxBody - body.size()) {
        throw new IOException("an answer that is too long");
      }
      body.write(part, 0, count);
    }
    return body.toByteArray();
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = connection.read()) != '\n') {
      if (next < 0) {
        throw new EOFException("the connection was closed before the answer was complete");
      }
      if (line.length() == MAX_LINE) {
        throw new IOException("a line that is too long");
      }
      line.append((char) next);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  private static int number(String text) throws IOException {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IOException("a number that is none");
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("a number that is too large", e);
    }
  }

  private static int hex(String text) throws IOException {
    try {
      int size = Integer.parseInt(text.strip(), 16);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw new IOException("a chunk without a length");
  }

  // Also sent as a date; then our own backoff decides.
  private static long secondsOrZero(String value) {
    try {
      long seconds = Long.parseLong(value);
      return seconds < 0 ? 0 : Math.min(seconds, 3600);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long timeout(String value) {
    for (String part : value.split(",", -1)) {
      String text = part.strip();
      if (text.startsWith("timeout=")) {
        // A second less, so that the server is never the first to close.
        return Math.max(1, secondsOrZero(text.substring("timeout=".length())) - 1);
      }
    }
    return 0;
  }
}
