package dev.herald.campaign.template;

/** One template in one language, as Herald numbers it. */
public record TemplateId(long value) {}
