package dev.herald.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.campaign.v1.InboundEvent;

/** One thing a webhook tells us, and where in the body it stood. */
sealed interface Element {
  Origin origin();

  /** The status of a message. */
  record Status(Origin origin, JsonNode node) implements Element {}

  /** Everything else that campaign-service wants to know. */
  record Inbound(Origin origin, InboundEvent event) implements Element {}

  /** What cannot be understood. */
  record Unreadable(Origin origin, String reason, String message) implements Element {}

  /**
   * Where an element stood, with what belongs to it.
   *
   * @param wabaId the business account the update came in for; may be empty
   * @param phoneNumberId the number it is about; empty for updates of a whole account
   * @param envelope a body around just this element
   */
  record Origin(String path, String wabaId, String phoneNumberId, Envelope envelope) {}

  /** Builds a body around one element; only when it is needed. */
  @FunctionalInterface
  interface Envelope {
    byte[] body();
  }
}
