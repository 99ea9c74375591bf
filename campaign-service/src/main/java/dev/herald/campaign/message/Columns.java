package dev.herald.campaign.message;

import java.util.List;
import java.util.Locale;

/**
 * The columns of an audience, in the file's order.
 *
 * @param all including phone and name
 * @param parameters all but phone and name: the order of a recipient's values
 */
public record Columns(List<String> all, List<String> parameters) {
  public static final String PHONE = "phone";
  public static final String NAME = "name";

  public static Columns of(List<String> all) {
    return new Columns(
        List.copyOf(all),
        all.stream().filter(column -> !isPhone(column) && !isName(column)).toList());
  }

  public static boolean isPhone(String column) {
    return column.equalsIgnoreCase(PHONE);
  }

  public static boolean isName(String column) {
    return column.equalsIgnoreCase(NAME);
  }

  /** Where a recipient's value of this column is, or −1. Columns are told apart without case. */
  public int indexOf(String column) {
    String wanted = column.toLowerCase(Locale.ROOT);
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).toLowerCase(Locale.ROOT).equals(wanted)) {
        return i;
      }
    }
    return -1;
  }
}
