package dev.herald.gateway.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/**
 * Writes a spreadsheet (XLSX). Every cell is text: nothing is taken for a formula, and a phone
 * number stays what it is. More rows than a sheet holds go on in the next one, below the same
 * header.
 */
final class SheetWriter implements RowWriter {
  private static final int ROWS_OF_SHEET = 1_000_000;
  private static final int ROWS_AT_ONCE = 500;
  private static final int LONGEST_CELL = 32_000;

  private final Workbook workbook;
  private Worksheet sheet;
  private List<String> header = List.of();
  private int sheets = 1;
  private int next;

  SheetWriter(OutputStream out) {
    this.workbook = new Workbook(out, "Herald", "1.0");
    this.sheet = workbook.newWorksheet(name(1));
  }

  @Override
  public void row(List<String> cells) throws IOException {
    if (header.isEmpty()) {
      header = List.copyOf(cells);
    } else if (next == ROWS_OF_SHEET) {
      sheet.finish();
      sheet = workbook.newWorksheet(name(++sheets));
      next = 0;
      write(header);
    }
    write(cells);
  }

  @Override
  public void flush() throws IOException {
    sheet.flush();
  }

  @Override
  public void finish() throws IOException {
    workbook.finish();
  }

  private void write(List<String> cells) throws IOException {
    for (int column = 0; column < cells.size(); column++) {
      if (!cells.get(column).isEmpty()) {
        sheet.inlineString(next, column, writable(cells.get(column)));
      }
    }
    next++;
    if (next % ROWS_AT_ONCE == 0) {
      sheet.flush();
    }
  }

  private static String name(int number) {
    return "Recipients" + (number == 1 ? "" : " " + number);
  }

  // What XML can hold, and as much of it as a cell can.
  private static String writable(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .filter(SheetWriter::isXml)
        .limit(LONGEST_CELL / 2)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isXml(int point) {
    return point == '\t'
        || point == '\n'
        || point == '\r'
        || (point >= 0x20 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }
}
