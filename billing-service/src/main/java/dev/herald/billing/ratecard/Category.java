package dev.herald.billing.ratecard;

/** What a message is priced as, in WhatsApp's words. */
public enum Category {
  MARKETING,
  UTILITY,
  AUTHENTICATION,
  AUTHENTICATION_INTERNATIONAL,
  /** A message without a template, inside the customer service window. */
  SERVICE;

  /** The column of a rate card's file, and the word for a person. */
  public String column() {
    return switch (this) {
      case MARKETING -> "marketing";
      case UTILITY -> "utility";
      case AUTHENTICATION -> "authentication";
      case AUTHENTICATION_INTERNATIONAL -> "authentication_international";
      case SERVICE -> "service";
    };
  }
}
