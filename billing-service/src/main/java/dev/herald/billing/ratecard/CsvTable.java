package dev.herald.billing.ratecard;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file with known columns. Reading never stops at a bad cell: it is reported and the row left
 * out, so that all errors of a file come to light at once.
 */
final class CsvTable {
  static final int MAX_BYTES = 4 * 1024 * 1024;
  private static final int MAX_ROWS = 20_000;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  private final String file;
  private final List<RowError> errors;
  private final Map<String, Integer> columns = new HashMap<>();

  private CsvTable(String file, List<RowError> errors) {
    this.file = file;
    this.errors = errors;
  }

  /** One row; asking for a cell that is wrong reports it and makes the row unusable. */
  final class Row {
    private final CsvRecord cells;
    private boolean usable = true;

    private Row(CsvRecord cells) {
      this.cells = cells;
    }

    long number() {
      return cells.getStartingLineNumber();
    }

    /** True while no cell of the row has been refused. */
    boolean usable() {
      return usable;
    }

    /** The cell without blanks around it; empty if the row is short. */
    String text(String column) {
      @Nullable Integer index = columns.get(column);
      return index == null || index >= cells.getFieldCount() ? "" : cells.getField(index).strip();
    }

    String matching(String column, Pattern pattern, String expected) {
      String value = text(column);
      if (!pattern.matcher(value).matches()) {
        refuse(column, "NOT_ACCEPTED", "\"" + shown(value) + "\" is not " + expected + ".");
      }
      return value;
    }

    Optional<LocalDate> date(String column) {
      String value = text(column);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      try {
        if (DATE.matcher(value).matches()) {
          return Optional.of(LocalDate.parse(value));
        }
      } catch (DateTimeException e) {
        // Refused below, together with what does not look like a date at all.
      }
      refuse(column, "NOT_A_DATE", "\"" + shown(value) + "\" is not a date like 2026-10-01.");
      return Optional.empty();
    }

    LocalDate requiredDate(String column) {
      if (text(column).isEmpty()) {
        refuse(column, "EMPTY", "A date like 2026-10-01 is needed.");
      }
      return date(column).orElse(LocalDate.EPOCH);
    }

    void refuse(String column, String reason, String message) {
      usable = false;
      errors.add(new RowError(file, number(), column, reason, message));
    }
  }

  /**
   * Reads the usable rows.
   *
   * @param expected the columns the header must have, in any order
   * @param read makes a value of a row; its value is dropped if it refused a cell
   */
  static <T> List<T> read(
      String file,
      byte[] bytes,
      Set<String> expected,
      List<RowError> errors,
      Function<Row, T> read) {
    CsvTable table = new CsvTable(file, errors);
    List<T> values = new ArrayList<>();
    try (CsvReader<CsvRecord> records =
        CsvReader.builder()
            .skipEmptyLines(true)
            // Told by us, with the row; the reader would give up the whole file.
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(table.decode(bytes))) {
      boolean header = true;
      for (CsvRecord cells : records) {
        if (header) {
          header = false;
          if (!table.readHeader(cells, expected)) {
            return List.of();
          }
        } else if (table.fits(cells)) {
          Row row = table.new Row(cells);
          T value = read.apply(row);
          if (row.usable()) {
            values.add(value);
          }
        }
      }
      if (header) {
        table.refuse("EMPTY_FILE", "The file is empty; a header and rows are needed.");
      }
    } catch (CsvParseException e) {
      table.refuse("NOT_CSV", "The file is not valid CSV: " + e.getMessage());
    } catch (CharacterCodingException e) {
      table.refuse("NOT_UTF8", "The file is not UTF-8 text.");
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return values;
  }

  private String decode(byte[] bytes) throws CharacterCodingException {
    String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes))
            .toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private boolean readHeader(CsvRecord cells, Set<String> expected) {
    for (int index = 0; index < cells.getFieldCount(); index++) {
      String name = cells.getField(index).strip();
      if (!expected.contains(name)) {
        refuse(
            "UNKNOWN_COLUMN",
            "\"" + shown(name) + "\" is not one of the columns " + expected + ".");
        return false;
      }
      if (columns.put(name, index) != null) {
        refuse("DUPLICATE_COLUMN", "The column " + name + " stands in the header twice.");
        return false;
      }
    }
    Set<String> missing = new HashSet<>(expected);
    missing.removeAll(columns.keySet());
    if (!missing.isEmpty()) {
      refuse("MISSING_COLUMN", "The header lacks the columns " + missing + ".");
      return false;
    }
    return true;
  }

  private boolean fits(CsvRecord cells) {
    if (cells.getStartingLineNumber() > MAX_ROWS) {
      if (errors.stream().noneMatch(error -> error.reason().equals("TOO_MANY_ROWS"))) {
        refuse("TOO_MANY_ROWS", "The file has more than " + MAX_ROWS + " rows.");
      }
      return false;
    }
    if (cells.getFieldCount() != columns.size()) {
      errors.add(
          new RowError(
              file,
              cells.getStartingLineNumber(),
              "",
              "WRONG_NUMBER_OF_CELLS",
              "The row has %d cells, the header %d."
                  .formatted(cells.getFieldCount(), columns.size())));
      return false;
    }
    return true;
  }

  private void refuse(String reason, String message) {
    errors.add(new RowError(file, 0, "", reason, message));
  }

  private static String shown(String value) {
    return value.length() > 40 ? value.substring(0, 40) + "…" : value;
  }
}
