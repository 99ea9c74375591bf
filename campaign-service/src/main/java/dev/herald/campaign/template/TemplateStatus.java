package dev.herald.campaign.template;

/** Meta's approval state. Only APPROVED can be sent. */
public enum TemplateStatus {
  APPROVED,
  PENDING,
  REJECTED,
  PAUSED,
  DISABLED,
  IN_APPEAL,
  DELETED,
  LIMIT_EXCEEDED,
  ARCHIVED,
  LOCKED,
  OTHER;

  /** The state Meta's word stands for, in listings and in webhooks. */
  public static TemplateStatus ofMeta(String word) {
    return switch (word) {
      case "APPROVED", "REINSTATED", "UNPAUSED", "FLAGGED" -> APPROVED;
      case "PENDING" -> PENDING;
      case "REJECTED" -> REJECTED;
      case "PAUSED" -> PAUSED;
      case "DISABLED" -> DISABLED;
      case "IN_APPEAL" -> IN_APPEAL;
      case "DELETED", "PENDING_DELETION" -> DELETED;
      case "LIMIT_EXCEEDED" -> LIMIT_EXCEEDED;
      case "ARCHIVED" -> ARCHIVED;
      case "LOCKED" -> LOCKED;
      default -> OTHER;
    };
  }
}
