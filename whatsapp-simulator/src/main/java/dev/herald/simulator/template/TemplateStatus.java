package dev.herald.simulator.template;

/**
 * A template's status, as Meta's API and webhooks spell it. Only APPROVED templates can be sent.
 */
public enum TemplateStatus {
  PENDING,
  APPROVED,
  REJECTED,
  PAUSED,
  DISABLED,
  IN_APPEAL,
  PENDING_DELETION,
  DELETED,
  LIMIT_EXCEEDED,
  ARCHIVED,
  LOCKED,
  FLAGGED
}
