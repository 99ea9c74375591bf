package dev.herald.campaign.template;

/** What a template is for, and is priced as. */
public enum TemplateCategory {
  MARKETING,
  UTILITY,
  AUTHENTICATION,
  /** A word of Meta's this version does not know; not sendable, because it has no price. */
  OTHER;

  public static TemplateCategory ofMeta(String word) {
    return switch (word) {
      case "MARKETING" -> MARKETING;
      case "UTILITY" -> UTILITY;
      case "AUTHENTICATION" -> AUTHENTICATION;
      default -> OTHER;
    };
  }
}
