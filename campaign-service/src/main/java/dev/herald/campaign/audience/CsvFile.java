package dev.herald.campaign.audience;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.StringArrayHandler;
import dev.herald.campaign.message.Columns;
import dev.herald.runtime.HeraldException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A CSV file as people export it: UTF-8 or UTF-16 with a byte order mark, separated by comma,
 * semicolon, tab or bar, lines ended in any way. What cannot be read is refused with a reason and a
 * sentence that says what to do, before or while reading; limits keep memory constant.
 */
final class CsvFile {
  static final int MAX_COLUMNS = 100;
  static final int MAX_FIELD = 8 * 1024;
  static final int MAX_RECORD = 64 * 1024;
  private static final int MAX_COLUMN_NAME = 100;
  private static final int SAMPLE = 128 * 1024;
  private static final String SEPARATORS = ",;\t|";

  private final List<String> columns;
  private final Iterator<String[]> rows;
  private final Charset charset;

  private CsvFile(List<String> columns, Iterator<String[]> rows, Charset charset) {
    this.columns = columns;
    this.rows = rows;
    this.charset = charset;
  }

  /**
   * Reads the header.
   *
   * @throws HeraldException INVALID with a CSV_… reason
   */
  static CsvFile open(InputStream bytes) throws IOException {
    BufferedInputStream in = new BufferedInputStream(bytes, SAMPLE);
    in.mark(SAMPLE);
    byte[] sample = in.readNBytes(SAMPLE - 1);
    in.reset();
    refuseOtherFiles(sample);
    Charset charset = charset(sample);
    in.skipNBytes(bomLength(sample));
    String start =
        new String(sample, bomLength(sample), sample.length - bomLength(sample), charset);
    if (start.indexOf('\u0000') >= 0) {
      throw encoding(charset);
    }
    char separator = separator(start);
    Reader reader =
        new InputStreamReader(
            in,
            charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    // Empty lines are read too: a spreadsheet counts them as rows. Rows that are shorter or longer
    // than the header are for the reader to judge, one by one.
    // Text after a closing quote is a slip of one cell; that FastCSV will stop taking it one day is
    // a question for that day.
    @SuppressWarnings("removal")
    Iterator<String[]> rows =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowExtraCharsAfterClosingQuote(true)
            .allowUnclosedQuote(false)
            .maxBufferSize(MAX_RECORD)
            .build(
                StringArrayHandler.builder()
                    .maxFields(Integer.MAX_VALUE / 64)
                    .maxFieldSize(MAX_RECORD)
                    .maxRecordSize(MAX_RECORD)
                    .build(),
                reader)
            .iterator();
    CsvFile file = new CsvFile(new ArrayList<>(), rows, charset);
    file.readHeader(separator);
    return file;
  }

  /** The columns with a name, in order. */
  List<String> columns() {
    return List.copyOf(columns);
  }

  boolean hasNext() {
    return guarded(rows::hasNext);
  }

  /** The fields of the next row; an empty line has one empty field. */
  String[] next() {
    return guarded(rows::next);
  }

  private void readHeader(char separator) {
    if (!hasNext()) {
      throw refused("CSV_EMPTY", "The file is empty.");
    }
    String[] header = next();
    if (header.length > MAX_COLUMNS) {
      throw refused(
          "CSV_TOO_MANY_COLUMNS",
          "The file has " + header.length + " columns; at most " + MAX_COLUMNS + " are read.");
    }
    Set<String> seen = new HashSet<>();
    for (String field : header) {
      String name = field.strip();
      if (name.length() > MAX_COLUMN_NAME) {
        throw refused("CSV_MALFORMED", "A column's name has more than 100 characters.");
      }
      if (!name.isEmpty() && !seen.add(name.toLowerCase(Locale.ROOT))) {
        throw refused("CSV_DUPLICATE_COLUMN", "The column \"" + name + "\" appears twice.")
            .with(Map.of("column", name));
      }
      columns.add(canonical(name));
    }
    if (columns.stream().noneMatch(Columns::isPhone)) {
      throw refused(
          "CSV_NO_PHONE_COLUMN",
          "The first line must name the columns, and one of them must be \"phone\". It names: "
              + shown(columns)
              + " (separated by "
              + nameOf(separator)
              + ").");
    }
  }

  private static String canonical(String name) {
    if (Columns.isPhone(name)) {
      return Columns.PHONE;
    }
    return Columns.isName(name) ? Columns.NAME : name;
  }

  private static String shown(List<String> names) {
    String all = String.join(", ", names.stream().limit(20).toList());
    return all.length() <= 200 ? all : all.substring(0, 200) + "…";
  }

  private static String nameOf(char separator) {
    return switch (separator) {
      case ';' -> "semicolons";
      case '\t' -> "tabs";
      case '|' -> "bars";
      default -> "commas";
    };
  }

  private interface Reading<T> {
    T read();
  }

  private <T> T guarded(Reading<T> reading) {
    try {
      return reading.read();
    } catch (CsvParseException e) {
      throw explained(e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw encoding(charset);
      }
      throw e;
    }
  }

  private HeraldException explained(CsvParseException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException) {
        return encoding(charset);
      }
      if (cause instanceof HeraldException error) {
        return error;
      }
      String message = cause.getMessage() == null ? "" : cause.getMessage();
      if (message.contains("maximum")
          || message.contains("Maximum")
          || message.contains("exceed")) {
        return refused(
            "CSV_LINE_TOO_LONG",
            "A row has more than "
                + MAX_RECORD / 1024
                + " thousand characters. Perhaps a quotation mark is opened and never closed.");
      }
    }
    return refused(
        "CSV_MALFORMED",
        "The file cannot be read as CSV; perhaps a quotation mark is opened and never closed.");
  }

  private static void refuseOtherFiles(byte[] sample) {
    if (sample.length == 0) {
      throw refused("CSV_EMPTY", "The file is empty.");
    }
    boolean zip = sample.length > 3 && sample[0] == 'P' && sample[1] == 'K' && sample[2] < 9;
    boolean oldOffice =
        sample.length > 3 && (sample[0] & 0xFF) == 0xD0 && (sample[1] & 0xFF) == 0xCF;
    if (zip || oldOffice) {
      throw refused(
          "CSV_MALFORMED",
          "This is a spreadsheet or archive, not a CSV file. Export it as CSV (UTF-8).");
    }
  }

  private static Charset charset(byte[] sample) {
    if (sample.length >= 2) {
      int first = ((sample[0] & 0xFF) << 8) | (sample[1] & 0xFF);
      if (first == 0xFEFF) {
        return StandardCharsets.UTF_16BE;
      }
      if (first == 0xFFFE) {
        return StandardCharsets.UTF_16LE;
      }
    }
    return StandardCharsets.UTF_8;
  }

  private static int bomLength(byte[] sample) {
    if (!charset(sample).equals(StandardCharsets.UTF_8)) {
      return 2;
    }
    boolean bom =
        sample.length >= 3
            && (sample[0] & 0xFF) == 0xEF
            && (sample[1] & 0xFF) == 0xBB
            && (sample[2] & 0xFF) == 0xBF;
    return bom ? 3 : 0;
  }

  // The separator that the first line uses most, outside of quotation marks.
  private static char separator(String start) {
    int[] counts = new int[SEPARATORS.length()];
    boolean quoted = false;
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '\n' || c == '\r')) {
        break;
      } else if (!quoted && SEPARATORS.indexOf(c) >= 0) {
        counts[SEPARATORS.indexOf(c)]++;
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return SEPARATORS.charAt(best);
  }

  private static HeraldException encoding(Charset charset) {
    return refused(
        "CSV_ENCODING",
        "The file is not valid "
            + charset.name()
            + ". Export it as \"CSV UTF-8\", or as UTF-16 with a byte order mark.");
  }

  private static HeraldException refused(String reason, String message) {
    return HeraldException.invalid("chunk", reason, message);
  }
}
