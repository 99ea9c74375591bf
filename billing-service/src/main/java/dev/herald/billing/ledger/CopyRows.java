package dev.herald.billing.ledger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.postgresql.PGConnection;

/** Rows in PostgreSQL's text format for {@code copy … from stdin}. */
final class CopyRows {
  private static final char SEPARATOR = '\t';
  private static final String NULL = "\\N";

  private final StringBuilder rows = new StringBuilder();
  private boolean first = true;

  CopyRows number(long value) {
    separate();
    rows.append(value);
    return this;
  }

  CopyRows text(String value) {
    separate();
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      switch (character) {
        case '\\' -> rows.append("\\\\");
        case '\t' -> rows.append("\\t");
        case '\n' -> rows.append("\\n");
        case '\r' -> rows.append("\\r");
        default -> rows.append(character);
      }
    }
    return this;
  }

  CopyRows nulls(int columns) {
    for (int i = 0; i < columns; i++) {
      separate();
      rows.append(NULL);
    }
    return this;
  }

  void end() {
    rows.append('\n');
    first = true;
  }

  void into(Handle tx, String copy) {
    byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
    try {
      tx.getConnection()
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(copy, new ByteArrayInputStream(bytes));
    } catch (SQLException e) {
      // What it means is decided where all database errors are.
      throw new IllegalStateException("The rows were not copied in.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void separate() {
    if (!first) {
      rows.append(SEPARATOR);
    }
    first = false;
  }
}
