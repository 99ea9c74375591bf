package dev.herald.campaign.whatsapp;

import dev.herald.runtime.config.Secret;

/**
 * What it takes to speak for one phone number.
 *
 * @param simulated true: the simulator is meant, not WhatsApp
 */
public record ChannelAccess(
    boolean simulated, String phoneNumberId, String wabaId, Secret accessToken) {}
