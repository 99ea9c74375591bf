package dev.herald.billing.ratecard;

import java.util.List;
import java.util.stream.Collectors;

/** The files cannot be used; every error is listed, so that one look is enough to repair them. */
public final class RateCardFilesException extends RuntimeException {
  private static final int SHOWN = 50;

  private final transient List<RowError> errors;

  RateCardFilesException(List<RowError> errors) {
    super(text(errors));
    this.errors = List.copyOf(errors);
  }

  public List<RowError> errors() {
    return errors;
  }

  private static String text(List<RowError> errors) {
    String shown =
        errors.stream().limit(SHOWN).map(RowError::toString).collect(Collectors.joining("\n"));
    String more =
        errors.size() > SHOWN ? "\n… and " + (errors.size() - SHOWN) + " more errors" : "";
    return "The rate card files have " + errors.size() + " errors:\n" + shown + more;
  }
}
