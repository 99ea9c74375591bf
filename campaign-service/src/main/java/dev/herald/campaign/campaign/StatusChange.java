package dev.herald.campaign.campaign;

import java.time.Instant;

/**
 * One change of status.
 *
 * @param by user, key or "herald"
 * @param reason in words; set for changes Herald made itself
 */
public record StatusChange(
    long id, Instant time, CampaignStatus from, CampaignStatus to, String by, String reason) {}
