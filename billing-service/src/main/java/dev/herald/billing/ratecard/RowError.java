package dev.herald.billing.ratecard;

/**
 * What is wrong with one cell of a file.
 *
 * @param file its name
 * @param row line in the file, from 1 (the header); 0 when it is about the whole file
 * @param column name of the column; empty when it is about the whole row
 * @param reason machine-readable
 * @param message for a person: what is wrong and what is expected
 */
public record RowError(String file, long row, String column, String reason, String message) {

  @Override
  public String toString() {
    String place = row == 0 ? file : file + " row " + row;
    return (column.isEmpty() ? place : place + " column " + column)
        + ": "
        + message
        + " ("
        + reason
        + ")";
  }
}
