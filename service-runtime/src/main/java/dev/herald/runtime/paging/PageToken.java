package dev.herald.runtime.paging;

import dev.herald.runtime.HeraldException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Where a list goes on: the sort values of the last item shown, opaque to callers. A token names
 * the list and the version of its order it belongs to; any other is refused, so that a changed
 * order never shows a wrong page.
 *
 * <pre>{@code
 * String next = PageToken.write("campaigns.1").instant(last.createdAt()).number(last.id()).token();
 *
 * PageToken.Reader after = PageToken.read("campaigns.1", request.getPageToken());
 * Instant createdAt = after.instant();
 * long id = after.number();
 * after.end();
 * }</pre>
 *
 * <p>Tokens are not secret and not signed: they say where to go on, never whose rows to show.
 */
public final class PageToken {
  private static final int FORMAT = 1;
  private static final int MAX_LENGTH = 2048;
  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private enum Type {
    NUMBER,
    TEXT,
    INSTANT
  }

  private PageToken() {}

  /**
   * Starts a token.
   *
   * @param list name of the list and version of its order; change it when the order changes
   */
  public static Writer write(String list) {
    return new Writer(list);
  }

  /** Opens a token of this list; anything else is an INVALID page_token. */
  public static Reader read(String list, String token) {
    return new Reader(list, token);
  }

  /**
   * Where a list that is sorted by one number goes on.
   *
   * @param first for the first page, whose token is empty
   */
  public static long number(String list, String token, long first) {
    if (token.isEmpty()) {
      return first;
    }
    Reader reader = read(list, token);
    long number = reader.number();
    reader.end();
    return number;
  }

  /** Collects the sort values in order. */
  public static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private Writer(String list) {
      write(
          () -> {
            out.writeByte(FORMAT);
            out.writeInt(list.hashCode());
          });
    }

    public Writer number(long value) {
      return value(Type.NUMBER, () -> out.writeLong(value));
    }

    public Writer text(String value) {
      return value(Type.TEXT, () -> out.writeUTF(value));
    }

    public Writer instant(Instant value) {
      return value(
          Type.INSTANT,
          () -> {
            out.writeLong(value.getEpochSecond());
            out.writeInt(value.getNano());
          });
    }

    public String token() {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    private Writer value(Type type, Step step) {
      write(
          () -> {
            out.writeByte(type.ordinal());
            step.run();
          });
      return this;
    }

    private static void write(Step step) {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // A text of more than 64 KiB is no sort value.
      }
    }

    private interface Step {
      void run() throws IOException;
    }
  }

  /** Gives the sort values back in the same order. */
  public static final class Reader {
    private final DataInputStream in;

    private Reader(String list, String token) {
      if (token.length() > MAX_LENGTH) {
        throw garbage();
      }
      try {
        in = new DataInputStream(new ByteArrayInputStream(Base64.getUrlDecoder().decode(token)));
        if (in.readByte() != FORMAT || in.readInt() != list.hashCode()) {
          throw garbage();
        }
      } catch (IOException | IllegalArgumentException e) {
        throw garbage();
      }
    }

    public long number() {
      return value(Type.NUMBER, in::readLong);
    }

    public String text() {
      return value(Type.TEXT, () -> storable(in.readUTF()));
    }

    public Instant instant() {
      return value(
          Type.INSTANT, () -> storable(Instant.ofEpochSecond(in.readLong(), in.readInt())));
    }

    /** Refuses a token that has more in it. */
    public void end() {
      value(
          () -> {
            if (in.available() > 0) {
              throw garbage();
            }
            return true;
          });
    }

    // No list is sorted by what no database takes, and a query with it would fail.
    private static String storable(String text) {
      if (text.indexOf('\0') >= 0) {
        throw garbage();
      }
      return text;
    }

    private static Instant storable(Instant time) {
      if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
        throw garbage();
      }
      return time;
    }

    private <T> T value(Type type, Step<T> step) {
      return value(
          () -> {
            if (in.readByte() != type.ordinal()) {
              throw garbage();
            }
            return step.run();
          });
    }

    private static <T> T value(Step<T> step) {
      try {
        return step.run();
      } catch (IOException | DateTimeException | ArithmeticException e) {
        throw garbage();
      }
    }

    private interface Step<T> {
      T run() throws IOException;
    }
  }

  private static HeraldException garbage() {
    return HeraldException.invalid(
        "page_token",
        "PAGE_TOKEN_INVALID",
        "This page token was not given out by this list. Start again without one.");
  }
}
