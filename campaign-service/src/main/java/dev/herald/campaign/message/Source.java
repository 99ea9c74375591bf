package dev.herald.campaign.message;

/** Where one placeholder's value comes from, for a given set of columns. */
sealed interface Source {

  /** The same for everybody. */
  record Constant(String text) implements Source {}

  /**
   * A tracked link.
   *
   * @param suffix only what follows the last slash: the rest stands in the template
   */
  record Link(String target, int index, boolean suffix) implements Source {}

  /** A column of the audience. */
  record Parameter(String column, int index, String fallback) implements Source {}

  /** The recipient's name. */
  record Name(String fallback) implements Source {}

  /** The recipient's number. */
  record Phone() implements Source {}

  /** The value, or "" if the recipient has none. */
  default String value(Values values) {
    return switch (this) {
      case Constant constant -> constant.text();
      case Link link -> {
        var links = values.links();
        if (links == null) {
          yield link.target();
        }
        String address = links.apply(link.index());
        yield link.suffix() ? address.substring(address.lastIndexOf('/') + 1) : address;
      }
      case Phone phone -> values.phone();
      case Name name -> values.name().isEmpty() ? name.fallback() : values.name();
      case Parameter parameter -> {
        String value = values.parameter(parameter.index());
        yield value.isEmpty() ? parameter.fallback() : value;
      }
    };
  }

  /** What a person calls it. */
  default String column() {
    return switch (this) {
      case Constant constant -> "";
      case Link link -> "";
      case Phone phone -> Columns.PHONE;
      case Name name -> Columns.NAME;
      case Parameter parameter -> parameter.column();
    };
  }
}
