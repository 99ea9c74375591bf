package dev.herald.campaign.sql;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns of kinds that JDBC makes long-winded. */
public final class Rows {
  private Rows() {}

  /** A timestamptz that may be null. */
  public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  /** A timestamptz that is never null. */
  public static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A text that may be null, as "". */
  public static String text(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  /** A text[] whose elements may be null; a null array is empty. */
  public static List<@Nullable String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return List.of();
    }
    String[] values = (String[]) array.getArray();
    List<@Nullable String> list = new ArrayList<>(Arrays.asList(values));
    return Collections.unmodifiableList(list);
  }

  /** A text[] without null elements. */
  public static List<String> names(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  /** An integer[]. */
  public static int[] integers(ResultSet row, String column) throws SQLException {
    Integer[] values = (Integer[]) row.getArray(column).getArray();
    int[] integers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = values[i];
    }
    return integers;
  }
}
