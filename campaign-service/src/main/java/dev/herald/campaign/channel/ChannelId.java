package dev.herald.campaign.channel;

/** One WhatsApp business phone number, as Herald numbers it. */
public record ChannelId(long value) {}
