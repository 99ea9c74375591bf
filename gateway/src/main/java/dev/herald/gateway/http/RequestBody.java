package dev.herald.gateway.http;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body as it was sent, within a size and a time: a slow client holds a thread only so long.
 */
public final class RequestBody {
  private static final int FIRST_BUFFER = 8 * 1024;
  private static final int CHUNK = 16 * 1024;
  private static final int PASSED_OVER = 256 * 1024;

  private RequestBody() {}

  /** The bytes of the body; never more than {@code limit}. */
  public static byte[] read(Context ctx, int limit, Duration deadline) throws IOException {
    long announced = ctx.req().getContentLengthLong();
    if (announced > limit) {
      throw HttpRefusal.bodyTooLarge(limit);
    }
    long end = System.nanoTime() + deadline.toNanos();
    InputStream in = ctx.req().getInputStream();
    if (announced >= 0) {
      return readExactly(in, (int) announced, end);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(FIRST_BUFFER);
    byte[] chunk = new byte[CHUNK];
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      body.write(chunk, 0, n);
      if (body.size() > limit) {
        passOver(in, chunk, end);
        throw HttpRefusal.bodyTooLarge(limit);
      }
      requireTime(end);
    }
    return body.toByteArray();
  }

  // Who is refused while still writing may see a reset connection instead of the reason. What is
  // little is read to its end; more is not worth it.
  private static void passOver(InputStream in, byte[] chunk, long end) throws IOException {
    int passed = 0;
    for (int n = in.read(chunk); n >= 0 && passed < PASSED_OVER; n = in.read(chunk)) {
      passed += n;
      requireTime(end);
    }
  }

  private static byte[] readExactly(InputStream in, int length, long end) throws IOException {
    byte[] body = new byte[length];
    int filled = 0;
    while (filled < length) {
      int n = in.read(body, filled, Math.min(CHUNK, length - filled));
      if (n < 0) {
        throw new HttpRefusal(400, "BODY_INCOMPLETE", "The body ended before its Content-Length.");
      }
      filled += n;
      requireTime(end);
    }
    return body;
  }

  /** True if the media type is the expected one, whatever its parameters. */
  public static boolean isOfType(@Nullable String contentType, String expected) {
    if (contentType == null) {
      return false;
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().equalsIgnoreCase(expected);
  }

  private static void requireTime(long end) {
    if (System.nanoTime() > end) {
      throw HttpRefusal.tooSlow();
    }
  }
}
