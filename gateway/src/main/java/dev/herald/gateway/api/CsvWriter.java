package dev.herald.gateway.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes CSV (RFC 4180) that a spreadsheet can be trusted with: a cell that would be taken for a
 * formula begins with an apostrophe, and a NUL is left out.
 */
final class CsvWriter implements RowWriter {
  private static final String FORMULA_STARTS = "=+-@\t\r\n＝＋－＠";
  private static final int BUFFER = 64 * 1024;

  private final OutputStream out;
  private final StringBuilder buffer = new StringBuilder(BUFFER + 4096);

  CsvWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void row(List<String> cells) throws IOException {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        buffer.append(',');
      }
      cell(cells.get(i));
    }
    buffer.append("\r\n");
    if (buffer.length() >= BUFFER) {
      flush();
    }
  }

  @Override
  public void finish() throws IOException {
    flush();
  }

  @Override
  public void flush() throws IOException {
    out.write(buffer.toString().getBytes(StandardCharsets.UTF_8));
    buffer.setLength(0);
    out.flush();
  }

  private void cell(String text) {
    String plain = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    if (!plain.isEmpty() && FORMULA_STARTS.indexOf(plain.charAt(0)) >= 0) {
      plain = "'" + plain;
    }
    if (needsQuotes(plain)) {
      buffer.append('"').append(plain.replace("\"", "\"\"")).append('"');
    } else {
      buffer.append(plain);
    }
  }

  private static boolean needsQuotes(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ',' || c == '"' || c == '\n' || c == '\r' || c == ';' || c == '\t' || c == '\'') {
        return true;
      }
    }
    return false;
  }
}
