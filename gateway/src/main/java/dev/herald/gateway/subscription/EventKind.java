package dev.herald.gateway.subscription;

import java.util.Locale;

/** What may happen. The names are those of the contract and of the database. */
public enum EventKind {
  MESSAGE_SENT,
  MESSAGE_DELIVERED,
  MESSAGE_READ,
  MESSAGE_FAILED,
  MESSAGE_RECEIVED,
  CAMPAIGN_STATUS_CHANGED,
  ALERT_RAISED,
  TEST;

  /** As it stands in a delivery: {@code message.delivered}. */
  String dotted() {
    String name = name().toLowerCase(Locale.ROOT);
    return name.replaceFirst("_", ".");
  }
}
