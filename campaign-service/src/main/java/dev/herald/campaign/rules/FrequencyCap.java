package dev.herald.campaign.rules;

/** At most so many marketing messages to a person within so many days. */
public record FrequencyCap(int messages, int days) {}
