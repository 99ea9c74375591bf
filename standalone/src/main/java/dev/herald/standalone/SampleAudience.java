package dev.herald.standalone;

import java.util.Locale;

/**
 * A CSV file to try Herald with. Its numbers are North America's 555-0100 to 555-0199, which are
 * set aside for fiction in every area code, so that nobody is messaged even if the file is sent
 * through a real channel. They also show that one calling code, +1, is several countries at several
 * prices. A few rows are wrong or repeated on purpose, to show how that is reported.
 */
final class SampleAudience {
  private static final int[] AREA_CODES = {
    212,
    213,
    312,
    404,
    415,
    512,
    617,
    702,
    808,
    917,
    206,
    303,
    305,
    313,
    412, // United States
    403,
    416,
    514,
    604,
    613, // Canada
    809,
    829,
    849, // Dominican Republic
    876,
    658, // Jamaica
    787,
    939 // Puerto Rico
  };
  private static final int NUMBERS_PER_AREA_CODE = 100;
  private static final String[] STORES = {"North", "South", "East", "West"};
  private static final int EACH_DUPLICATE = 199;
  private static final int EACH_MISTAKE = 397;

  static final int MAX_ROWS = AREA_CODES.length * NUMBERS_PER_AREA_CODE;

  private SampleAudience() {}

  /** The file's text: a header and {@code rows} rows, at most {@link #MAX_ROWS}. */
  static String csv(int rows) {
    if (rows > MAX_ROWS) {
      throw new IllegalArgumentException("At most " + MAX_ROWS + " rows");
    }
    StringBuilder csv = new StringBuilder("phone,name,first_name,store\n");
    String phone = "";
    for (int row = 0; row < rows; row++) {
      boolean duplicate = row % EACH_DUPLICATE == EACH_DUPLICATE - 1;
      boolean mistake = row % EACH_MISTAKE == EACH_MISTAKE - 1;
      phone = duplicate ? phone : phone(row);
      csv.append(mistake ? "555 0123" : phone)
          .append(",Guest ")
          .append(row + 1)
          .append(",Guest ")
          .append(row + 1)
          .append(',')
          .append(STORES[row % STORES.length])
          .append('\n');
    }
    return csv.toString();
  }

  /** The n-th fictional number: neighbours lie in different area codes. */
  private static String phone(int n) {
    return String.format(
        Locale.ROOT, "+1%d55501%02d", AREA_CODES[n % AREA_CODES.length], n / AREA_CODES.length);
  }
}
