package dev.herald.campaign.message;

/**
 * Fills one placeholder of a template.
 *
 * @param placeholder its key, such as "body.1"
 * @param column column, "name" or "phone"; empty where {@code text} is meant
 * @param text the same for everybody; empty where a column is meant
 * @param fallback used when the column is empty; empty: the recipient is then a row error
 */
public record Binding(String placeholder, String column, String text, String fallback) {
  public boolean isConstant() {
    return column.isEmpty();
  }
}
