package dev.herald.campaign.audience;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows of recipients in PostgreSQL's binary COPY form, gathered in memory and sent in one piece:
 * the fastest way into a table, and free of any quoting.
 */
final class RecipientCopy {
  private static final String COPY =
      "copy recipient (audience_id, ordinal, phone, lot, country, name, parameters)"
          + " from stdin (format binary)";
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final short COLUMNS = 7;
  private static final int TEXT_OID = 25;
  private static final int NULL = -1;
  private static final int INITIAL = 256 * 1024;
  private static final int PACKET = 64 * 1024;

  private final long audience;
  private byte[] buffer = new byte[INITIAL];
  private int length;
  private int rows;

  RecipientCopy(long audience) {
    this.audience = audience;
    begin();
  }

  private void begin() {
    System.arraycopy(SIGNATURE, 0, buffer, 0, SIGNATURE.length);
    length = SIGNATURE.length;
    rows = 0;
  }

  int rows() {
    return rows;
  }

  void add(int ordinal, NewRecipient recipient) {
    putShort(COLUMNS);
    putInt(Long.BYTES);
    putLong(audience);
    putInt(Integer.BYTES);
    putInt(ordinal);
    putInt(Long.BYTES);
    putLong(recipient.phone().digits());
    putInt(Integer.BYTES);
    putInt(recipient.lot());
    putText(recipient.phone().country());
    if (recipient.name().isEmpty()) {
      putInt(NULL);
    } else {
      putText(recipient.name());
    }
    putTexts(recipient.parameters());
    rows++;
  }

  /** Sends what was gathered and begins anew. */
  void write(Handle tx) {
    if (rows == 0) {
      return;
    }
    putShort((short) -1);
    try {
      CopyIn copy = tx.getConnection().unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
      try {
        for (int from = 0; from < length; from += PACKET) {
          copy.writeToCopy(buffer, from, Math.min(PACKET, length - from));
        }
        copy.endCopy();
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("Recipients could not be stored.", e));
    }
    begin();
  }

  private void putTexts(List<@Nullable String> texts) {
    if (texts.isEmpty()) {
      putInt(NULL);
      return;
    }
    int start = length;
    putInt(0);
    putInt(1); // dimensions
    putInt(1); // may hold nulls
    putInt(TEXT_OID);
    putInt(texts.size());
    putInt(1); // first index
    for (String text : texts) {
      if (text == null || text.isEmpty()) {
        putInt(NULL);
      } else {
        putText(text);
      }
    }
    setInt(start, length - start - Integer.BYTES);
  }

  private void putText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    putInt(bytes.length);
    ensure(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void putShort(short value) {
    ensure(Short.BYTES);
    buffer[length++] = (byte) (value >> 8);
    buffer[length++] = (byte) value;
  }

  private void putInt(int value) {
    ensure(Integer.BYTES);
    setInt(length, value);
    length += Integer.BYTES;
  }

  private void setInt(int at, int value) {
    buffer[at] = (byte) (value >> 24);
    buffer[at + 1] = (byte) (value >> 16);
    buffer[at + 2] = (byte) (value >> 8);
    buffer[at + 3] = (byte) value;
  }

  private void putLong(long value) {
    putInt((int) (value >> 32));
    putInt((int) value);
  }

  private void ensure(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(length + more, buffer.length * 2));
    }
  }
}
