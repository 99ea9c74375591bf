package dev.herald.campaign.campaign;

/** A campaign. Together with a recipient's ordinal it names a message for ever. */
public record CampaignId(long value) {}
