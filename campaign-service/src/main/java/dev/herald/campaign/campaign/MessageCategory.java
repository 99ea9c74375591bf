package dev.herald.campaign.campaign;

import dev.herald.campaign.template.TemplateCategory;

/** What a message is priced as. */
public enum MessageCategory {
  MARKETING,
  UTILITY,
  AUTHENTICATION,
  /** A message without a template. */
  SERVICE;

  public static MessageCategory of(TemplateCategory category) {
    return switch (category) {
      case MARKETING -> MARKETING;
      case UTILITY -> UTILITY;
      case AUTHENTICATION -> AUTHENTICATION;
      case OTHER -> throw new IllegalArgumentException("A template without a price.");
    };
  }
}
