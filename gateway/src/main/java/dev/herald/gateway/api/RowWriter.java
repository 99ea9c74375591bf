package dev.herald.gateway.api;

import java.io.IOException;
import java.util.List;

/** Writes a table row by row, each leaving memory soon after. */
interface RowWriter {
  void row(List<String> cells) throws IOException;

  /** Sends what has been written so far. */
  void flush() throws IOException;

  /** Writes what is left; nothing follows. */
  void finish() throws IOException;
}
