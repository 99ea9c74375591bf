package dev.herald.campaign.message;

/**
 * Fills one placeholder of a template.
 *
 * @param placeholder its key, such as "body.1"
 * @param column column, "name" or "phone"; empty where {@code text} is meant
 * @param text the same for everybody; empty where a column is meant
 * @param fallback used when the column is empty; empty: the recipient is then a row error
 * @param track the text is an address; the message gets a link of ours that leads there
 */
public record Binding(
    String placeholder, String column, String text, String fallback, boolean track) {
  public Binding(String placeholder, String column, String text, String fallback) {
    this(placeholder, column, text, fallback, false);
  }

  public boolean isConstant() {
    return column.isEmpty();
  }
}
