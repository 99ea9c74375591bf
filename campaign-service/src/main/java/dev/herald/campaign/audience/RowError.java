package dev.herald.campaign.audience;

/**
 * What is wrong with one row.
 *
 * @param row as a spreadsheet counts: the header is row 1
 * @param column the column at fault; empty when it is the whole row
 * @param message for a person; phone numbers masked
 */
public record RowError(int row, String column, String reason, String message) {}
