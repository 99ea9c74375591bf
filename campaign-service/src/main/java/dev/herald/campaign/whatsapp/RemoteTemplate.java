package dev.herald.campaign.whatsapp;

import com.fasterxml.jackson.databind.JsonNode;

/** A template as WhatsApp lists it; components are Meta's own JSON. */
public record RemoteTemplate(
    String id,
    String name,
    String language,
    String category,
    String status,
    String parameterFormat,
    String rejectedReason,
    JsonNode components) {}
